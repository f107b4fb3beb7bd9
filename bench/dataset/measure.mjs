// Measures the engine's data set code with 60,000 pictures: `node bench/dataset/measure.mjs STEP`,
// the steps in order generate, scan, drop, read (again until it says that all are read), reopen,
// relabel, remove. Everything lies in /tmp/restage-bench. The engine's sources are bundled and run in
// this process, so times exclude messages to the window. Prints medians and the machine's load.

import { existsSync, mkdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { generate } from './generate.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const place = '/tmp/restage-bench'
const photos = join(place, 'photos')
const project = join(place, 'project')
const readFor = Number(process.env.READ_FOR ?? 120_000)

/** @param {string} source path of a module below the repository @returns {Promise<any>} */
async function engineModule(source) {
  const outfile = join(root, 'out', 'bench', source.replace(/\W/g, '-') + '.cjs')
  await build({
    entryPoints: [join(root, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node16',
    external: ['sharp'],
    // The thread that reads HEIC is not needed here.
    logOverride: { 'empty-import-meta': 'silent' },
  })
  return (await import(pathToFileURL(outfile).href)).default
}

/** @param {number[]} times */
const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
/** @param {number[]} times @param {number} part */
const quantile = (times, part) =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0
/** @param {() => unknown} work @returns {Promise<number>} milliseconds */
async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}
/** @param {Record<string, string | number>} facts */
function say(facts) {
  const load = os.loadavg()[0]?.toFixed(1) ?? ''
  const rss = Math.round(process.memoryUsage().rss / 1e6)
  process.stdout.write(`${JSON.stringify({ ...facts, rssMB: rss, load })}\n`)
}
/** @param {number} value */
const tenth = (value) => Math.round(value * 10) / 10

/** @param {object} [more] */
const options = (more) => ({ folder: project, projectId: 'bench', projectName: 'Bench', ...more })

/** @type {Record<string, () => Promise<void>>} */
const steps = {
  async generate() {
    rmSync(place, { recursive: true, force: true })
    mkdirSync(place)
    const { files, bytes } = await generate(photos)
    say({ step: 'generate', files, MB: Math.round(bytes / 1e6) })
  },

  async scan() {
    const { walk } = await engineModule('main/engine/dataset/intake/walk.ts')
    const times = []
    for (let i = 0; i < 7; i++) times.push(await timed(() => walk([photos])))
    const seconds = median(times) / 1000
    say({ step: 'scan', filesPerSecond: Math.round(60_000 / seconds), ms: tenth(seconds * 1000) })
  },

  /** Time from the drop until it is scanned, added and the first 24 thumbnails are made. */
  async drop() {
    const { openDataset } = await engineModule('main/engine/dataset/dataset.ts')
    const { openThumbnails } = await engineModule('main/engine/pictures/thumbnails.ts')
    const firsts = []
    const adds = []
    const processor = []
    for (let i = 0; i < 5; i++) {
      rmSync(project, { recursive: true, force: true })
      rmSync(join(place, 'thumbnails'), { recursive: true, force: true })
      const thumbnails = openThumbnails(join(place, 'thumbnails'))
      /** @type {Promise<unknown> | null} */
      let grid = null
      const start = performance.now()
      const { user } = process.cpuUsage()
      const dataset = await openDataset(
        options({
          onChange: () => {
            grid ??= Promise.all(
              dataset
                .all()
                .slice(0, 24)
                .map((/** @type {unknown} */ picture) => thumbnails.get(picture, 256)),
            ).then(() => {
              firsts.push(performance.now() - start)
              processor.push((process.cpuUsage().user - user) / 1000)
            })
          },
        }),
      )
      await dataset.scan([photos])
      await dataset.add({ paths: [photos], classId: null })
      adds.push(performance.now() - start)
      await grid
      await dataset.close()
    }
    say({
      step: 'drop',
      firstThumbnailsMs: tenth(median(firsts)),
      ofThatProcessorMs: tenth(median(processor)),
      allAddedMs: tenth(median(adds)),
    })
  },

  /** Reading in the background, with occasional edits and thumbnail requests, as in real use. */
  async read() {
    const { openDataset } = await engineModule('main/engine/dataset/dataset.ts')
    const { openThumbnails } = await engineModule('main/engine/pictures/thumbnails.ts')
    const thumbnails = openThumbnails(join(place, 'thumbnails'))
    const dataset = await openDataset(options())
    /** @type {() => { path: string, id: string, bytes: number | null }[]} */
    const all = dataset.all
    const unread = () => all().filter(({ bytes }) => bytes === null).length
    const before = unread()
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const edits = []
    const looks = []
    let rss = 0
    const start = performance.now()
    let left = before
    while (performance.now() - start < readFor && left > 0) {
      if (edits.length % 20 === 0) left = unread()
      const pictures = all()
      const one = pictures[Math.floor(Math.random() * pictures.length)]
      if (!one) break
      const classId = dataset.classes()[Math.floor(Math.random() * 60)].id
      edits.push(
        await timed(() =>
          dataset.edit({ type: 'set', groups: [{ pictures: [one.id], to: { classId } }] }),
        ),
      )
      looks.push(await timed(() => thumbnails.get(one, 256)))
      rss = Math.max(rss, process.memoryUsage().rss)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const seconds = (performance.now() - start) / 1000
    say({
      step: 'read',
      filesPerSecond: Math.round((before - unread()) / seconds),
      left: unread(),
      editMs: tenth(median(edits)),
      edit95Ms: tenth(quantile(edits, 0.95)),
      thumbnailMs: tenth(median(looks)),
      thumbnail95Ms: tenth(quantile(looks, 0.95)),
      loopDelay99Ms: tenth(delay.percentile(99) / 1e6),
      loopDelayMaxMs: tenth(delay.max / 1e6),
      mostRssMB: Math.round(rss / 1e6),
    })
    await dataset.close()
  },

  /** Opening, the first page, and all pages packed and unpacked as the window does it. */
  async reopen() {
    const { openDataset } = await engineModule('main/engine/dataset/dataset.ts')
    const { unpackPictures } = await engineModule('shared/pictureColumns.ts')
    const first = []
    const whole = []
    const unpacked = []
    for (let i = 0; i < 7; i++) {
      const start = performance.now()
      const dataset = await openDataset(options())
      dataset.snapshot()
      for (let from = 0, total = 1; from < total;) {
        const page = dataset.pictures(from, 4000)
        const began = performance.now()
        unpackPictures(page.pictures)
        unpacked.push(performance.now() - began)
        if (from === 0) first.push(performance.now() - start)
        total = page.total
        from += page.pictures.count
      }
      whole.push(performance.now() - start)
      await dataset.close()
    }
    say({
      step: 'reopen',
      firstPageMs: tenth(median(first)),
      allPagesMs: tenth(median(whole)),
      unpackMs: tenth(median(unpacked)),
      unpack99Ms: tenth(quantile(unpacked, 0.99)),
    })
  },

  /** Relabels 10,000 pictures, on disk and with a listener informed, then undoes it. */
  async relabel() {
    const { openDataset } = await engineModule('main/engine/dataset/dataset.ts')
    let told = 0
    const dataset = await openDataset(
      options({
        onChange: (/** @type {{ pictures: { count: number } }} */ change) =>
          (told += change.pictures.count),
      }),
    )
    const ids = dataset
      .all()
      .slice(20_000, 30_000)
      .map((/** @type {{ id: string }} */ { id }) => id)
    const classes = dataset.classes().map((/** @type {{ id: string }} */ { id }) => id)
    const times = []
    const undos = []
    for (let i = 0; i < 21; i++) {
      const classId = classes[i % classes.length]
      times.push(
        await timed(() =>
          dataset.edit({ type: 'set', groups: [{ pictures: ids, to: { classId } }] }),
        ),
      )
      if (i % 3 === 0) undos.push(await timed(() => dataset.edit({ type: 'undo' })))
    }
    say({
      step: 'relabel',
      ms: tenth(median(times)),
      slowestMs: tenth(Math.max(...times)),
      undoMs: tenth(median(undos)),
      told,
    })
    await dataset.close()
  },

  async remove() {
    rmSync(place, { recursive: true, force: true })
  },
}

for (const step of process.argv.slice(2)) {
  const work = steps[step]
  if (!work) throw new Error(`There is no step ${step}: ${Object.keys(steps).join(', ')}`)
  if (step !== 'generate' && step !== 'remove' && !existsSync(photos))
    throw new Error('Run the step generate first')
  await work()
}
