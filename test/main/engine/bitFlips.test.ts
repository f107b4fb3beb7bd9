// One flipped bit in any file of a run, of a cache or of what was measured: what is read afterwards is what
// was written, or it is missing; never another number, label or picture, and nothing throws but a Failure.
// Seeded; RESTAGE_FLIPS sets how many bits of each file are tried (60 here). The feature cache has a test of
// its own, and so has the journal of labels.
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { openFileCache } from '../../../main/engine/files/boundedCache'
import { homePaths } from '../../../main/engine/files/home'
import { seal, unseal } from '../../../main/engine/files/sealedJson'
import { buildNetwork } from '../../../main/engine/network/family'
import { openFingerprints } from '../../../main/engine/pictures/fingerprint'
import { correct, correctionsOf } from '../../../main/engine/plan/speed'
import {
  readRunWeights,
  recoverCheckpoint,
  saveCheckpoint,
} from '../../../main/engine/runFiles/checkpoint'
import { appendEvent, readEvents, readRun, runPaths } from '../../../main/engine/runFiles/runFolder'
import { initialProgress } from '../../../main/engine/runFiles/runProgress'
import { readSamples, storeSamples } from '../../../main/engine/runFiles/storedSamples'
import { listRuns } from '../../../main/engine/runs/summaries'
import { Failure } from '../../../shared/failure'
import { seededRandom } from '../../../shared/random'
import { epoch, finished, numbered, started, step, writeRun } from './runs/eventsOf'
import { temporaryFolder } from './weights/temporaryFolder'

const flips = Number(process.env.RESTAGE_FLIPS ?? 60)
const { folder: root } = temporaryFolder()

/** `allowed` judges what is read with each of the flipped bits; the file's time stays. */
async function withFlips(
  path: string,
  read: () => unknown,
  allowed: (found: unknown, bit: number) => void,
) {
  const bytes = readFileSync(path)
  const { atime, mtime } = statSync(path)
  const random = seededRandom(`flips of ${path.slice(root.length)}`)
  for (let i = 0; i < flips; i++) {
    const bit = random.integer(bytes.length * 8)
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    writeFileSync(path, flipped)
    utimesSync(path, atime, mtime)
    try {
      allowed(await read(), bit)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
  writeFileSync(path, bytes)
  utimesSync(path, atime, mtime)
}
const equalOr =
  (written: unknown, ...instead: unknown[]) =>
  (found: unknown, bit: number) => {
    const text = JSON.stringify(found)
    if (!instead.some((one) => JSON.stringify(one) === text))
      expect(found, `bit ${bit}`).toEqual(written)
  }

it('sealed JSON tells every flipped bit', () => {
  for (const indent of [0, 2]) {
    const value = { a: [1.5, -2, 'ä"}'], b: { c: null } }
    const bytes = Buffer.from(seal(value, { indent }))
    expect(unseal(bytes.toString())).toEqual(value)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      let found: unknown = null
      try {
        found = unseal(flipped.toString())
      } catch {
        continue
      }
      // At most the checksum itself is damaged.
      expect(found).toMatchObject(value)
    }
  }
  expect(unseal('{"old":1}')).toEqual({ old: 1 })
})

const network = buildNetwork({ architecture: 'resnet20', size: 32, classes: 2 })
const tensors = new Map([['fc.bias', { shape: [2], data: Float32Array.of(0.5, -0.25) }]])
const samples = {
  classes: ['cat', 'dog'],
  train: [
    { id: 'a', path: '/p/a.jpg', label: 0, hash: null, group: null },
    { id: 'b', path: '/p/b.jpg', label: 1, hash: null, group: null },
  ],
  val: [{ id: 'c', path: '/p/c.jpg', label: 1, hash: null, group: null }],
  test: [],
}

it('files of a run', async () => {
  const runs = join(root, 'runs')
  const folder = writeRun(runs, 'run-1')
  const paths = runPaths(folder)
  writeFileSync(
    paths.run,
    seal(JSON.parse(readFileSync(paths.run, 'utf8')) as object, { indent: 2 }),
  )
  writeFileSync(paths.metrics, '')
  const news = [started(), step(0.5), epoch(1, 0.7), epoch(2, 0.6, false), finished(42)]
  for (const event of numbered('run-1', news)) appendEvent(folder, event)
  await storeSamples(folder, samples)
  for (const saved of [1, 2])
    await saveCheckpoint(folder, {
      progress: {
        ...initialProgress,
        ...{ saved, epoch: saved },
        best: { epoch: saved, accuracy: 0.7, balancedAccuracy: null, loss: 1, calibration: null },
      },
      tensors,
      best: { network, tensors },
    })
  const events = readEvents(folder)
  const [summary] = await listRuns(runs, null)
  const run = readRun(folder)

  await withFlips(paths.run, () => readRun(folder), equalOr(run))
  await withFlips(
    paths.metrics,
    () => readEvents(folder),
    (found, bit) => {
      const list = found as typeof events
      const isWarning = ({ type }: (typeof events)[number]) => type === 'warning'
      for (const event of list.filter((one) => !isWarning(one)))
        expect(events, `bit ${bit}`).toContainEqual(event)
      // What is missing before the last event is told.
      const last = list.some(({ type }) => type === 'finished')
      if (last && list.length - list.filter(isWarning).length < events.length)
        expect(list.some(isWarning), `bit ${bit}`).toBe(true)
    },
  )
  await withFlips(paths.summary, async () => (await listRuns(runs, null))[0], equalOr(summary))
  // Not `samples`: what is read has null where a photo has neither hash nor group.
  const stored = await readSamples(folder)
  await withFlips(paths.samples, () => readSamples(folder), equalOr(stored, null))
  const weights = await readRunWeights(paths.weights)
  await withFlips(paths.weights, () => readRunWeights(paths.weights), equalOr(weights))
  for (const slot of ['a', 'b']) {
    const path = join(paths.checkpoints, `${slot}.safetensors`)
    await withFlips(
      path,
      async () => {
        const found = await recoverCheckpoint(folder)
        return found && [...found.tensors]
      },
      equalOr([...tensors]),
    )
  }
})

it('what was measured of this computer', async () => {
  const home = { folder: join(root, 'home'), assets: '' }
  mkdirSync(join(home.folder, 'cache'), { recursive: true })
  const setup = { device: { kind: 'cpu', name: 'c' } as never, precision: 'float32' as const }
  await correct(home, setup, { kind: 'resnet18/head', taken: 1.25 })
  const read = () => correctionsOf(home, setup)('resnet18/head')
  const measured = read()
  expect(measured).toBeCloseTo(1.25)
  await withFlips(homePaths(home).speed, read, equalOr(measured, 1))
})

it('fingerprints and cached pictures', async () => {
  const photo = join(root, 'photo.png')
  await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
    .png()
    .toFile(photo)
  const store = join(root, 'prints.jsonl')
  const first = await openFingerprints(store)
  const print = await first.print(photo)
  await first.flush()
  const read = async () => (await openFingerprints(store)).print(photo)
  await withFlips(store, read, equalOr(print))

  const cache = openFileCache(join(root, 'pictures'), { extension: 'jpg', limit: 1e6 })
  const key = 'ab'.repeat(32)
  const bytes = Buffer.from('a picture')
  await cache.get(key, () => Promise.resolve(bytes))
  const path = join(root, 'pictures', 'ab', `${key.slice(2, 34)}.jpg`)
  let made = 0
  const remake = () => {
    made++
    return Promise.resolve(bytes)
  }
  await withFlips(path, async () => (await cache.get(key, remake)).toString(), equalOr('a picture'))
  // Each flip is noticed, and the picture made anew.
  expect(made).toBe(flips)
})
