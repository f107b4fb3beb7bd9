// What is worked on while calls of the file system fail: for each, what must be there afterwards.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { exportFolders } from '../../../../main/engine/dataset/export/exportFolders'
import { exportLabels } from '../../../../main/engine/dataset/export/exportLabels'
import { openLabels, type LabelStore } from '../../../../main/engine/dataset/labels/labelStore'
import {
  createProject,
  listProjects,
  openProject,
  updateProject,
} from '../../../../main/engine/dataset/project'
import { exportModel } from '../../../../main/engine/export/exportModel'
import { exportTensorBoard } from '../../../../main/engine/export/tensorBoard'
import { openFeatureCache } from '../../../../main/engine/features/featureCache'
import { openFileCache } from '../../../../main/engine/files/boundedCache'
import { buildNetwork } from '../../../../main/engine/network/family'
import { recoverCheckpoint, saveCheckpoint } from '../../../../main/engine/runFiles/checkpoint'
import { annotate, readNotes } from '../../../../main/engine/runFiles/notes'
import {
  appendEvent,
  createRunFolder,
  readEvents,
  readRun,
  RunFile,
  runPaths,
  syncEvents,
} from '../../../../main/engine/runFiles/runFolder'
import { initialProgress } from '../../../../main/engine/runFiles/runProgress'
import { readSamples, storeSamples } from '../../../../main/engine/runFiles/storedSamples'
import { readQueue, Queue } from '../../../../main/engine/runs/queue'
import { downloadWeights } from '../../../../main/engine/weights/download'
import {
  readSafetensors,
  writeSafetensors,
} from '../../../../main/engine/weights/formats/safetensors'
import { initialise } from '../../../../main/engine/weights/initialise'
import type { Picture } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { RunConfig } from '../../../../shared/runConfig'
import { epoch, numbered, plan, started, step, writeRun } from '../runs/eventsOf'
import { failureIn, type Scenario } from './everyCall'

const nothing = () => Promise.resolve()

// Labels

const openSmall = (folder: string) =>
  openLabels({ folder, snapshotEvery: { edits: 3, bytes: 1e9 } })
const addClass = (labels: LabelStore, id: string) =>
  labels.commit(() => [{ type: 'addClass', id, name: `Class ${id}` }])
const classIds = ({ state }: LabelStore) => state.classes.map(({ id }) => id)

/** Edits with snapshots in between; what was answered is there, and nothing that was refused. */
const labels: Scenario = {
  name: 'labels',
  async prepare(folder) {
    const store = await openSmall(folder)
    await addClass(store, 'old')
    await store.close()
  },
  async work(folder) {
    const answered = ['old']
    let store: LabelStore | null = null
    await failureIn(async () => {
      store = await openSmall(folder)
    })
    for (let i = 0; store && i < 8; i++) {
      if (await failureIn(() => addClass(store!, `c${i}`))) continue
      answered.push(`c${i}`)
      assert.deepEqual(classIds(store), answered)
    }
    return async () => {
      store ??= await openSmall(folder)
      assert.deepEqual(classIds(store), answered)
      for (const id of ['later 1', 'later 2', 'later 3', 'later 4']) await addClass(store, id)
      answered.push('later 1', 'later 2', 'later 3', 'later 4')
      await store.close()
      const again = await openSmall(folder)
      assert.equal(again.damage, null)
      assert.deepEqual(classIds(again), answered)
      await again.close()
      assert.deepEqual(
        readdirSync(folder).filter((name) => /damaged|half/.test(name)),
        [],
      )
    }
  },
}

/** Opening and closing labels while calls fail loses nothing. */
const reopenedLabels: Scenario = {
  name: 'reopened labels',
  async prepare(folder) {
    const store = await openSmall(folder)
    for (let i = 0; i < 5; i++) await addClass(store, `c${i}`)
    await store.close()
    // As a stop leaves it: with an incomplete line.
    const path = join(folder, 'labels.jsonl')
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"n":6,"ed`)
  },
  async work(folder) {
    let store: LabelStore | null = null
    await failureIn(async () => {
      store = await openSmall(folder)
      await store.close().catch((error: NodeJS.ErrnoException) => {
        // What closing tells is told to nobody; everything is on the disk.
        assert.match(error.message, /injected/)
      })
    })
    return async () => {
      const again = await openSmall(folder)
      assert.deepEqual([classIds(again), again.damage], [['c0', 'c1', 'c2', 'c3', 'c4'], null])
      await addClass(again, 'later')
      await again.close()
    }
  },
}

/** Damage that is put aside is put aside as a whole, or is still in its place. */
const damagedLabels: Scenario = {
  name: 'damaged labels',
  async prepare(folder) {
    const store = await openLabels({ folder })
    for (let i = 0; i < 6; i++) await addClass(store, `c${i}`)
    await store.close()
    const path = join(folder, 'labels.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"c3"', '"id":"cX"'))
  },
  async work(folder) {
    await failureIn(async () => {
      const store = await openSmall(folder)
      await store.close().catch(() => undefined)
    })
    return async () => {
      const again = await openSmall(folder)
      assert.deepEqual(classIds(again), ['c0', 'c1', 'c2'])
      await again.close()
      const kept = readdirSync(folder).filter((name) => name.includes('damaged'))
      const whole = kept.filter((name) => readFileSync(join(folder, name), 'utf8').includes('"c5"'))
      assert.notEqual(whole.length, 0)
    }
  },
}

// Projects, their queue and runs

let old = ''
const projects: Scenario = {
  name: 'projects',
  async prepare(folder) {
    old = (await createProject(folder, 'Old')).id
  },
  async work(folder) {
    const renamed = await failureIn(() => updateProject(join(folder, old), { name: 'New' }))
    const made = await failureIn(() => createProject(folder, 'Made'))
    return async () => {
      const found = (await listProjects(folder)).map(({ name }) => name).sort()
      const expected = [renamed ? /^(Old|New)$/ : /^New$/, ...(made ? [] : [/^Made$/])]
      for (const name of expected)
        assert.ok(
          found.some((each) => name.test(each)),
          String(found),
        )
      assert.equal((await listProjects(folder)).filter(({ damage }) => damage).length, 0)
      await updateProject(join(folder, old), { name: 'Later' })
      assert.equal((await openProject(folder, old)).name, 'Later')
      await createProject(folder, 'More')
    }
  },
}

const idleRunner = { busy: true, newId: () => 'run-1', start: nothing, goOn: nothing }
const queue: Scenario = {
  name: 'queue and notes',
  prepare: (folder) => Promise.resolve(writeRun(folder, 'run', {})),
  async work(folder) {
    const path = join(folder, 'queue.json')
    const run = join(folder, 'run')
    const open = () =>
      new Queue({ path, runner: idleRunner, exists: () => true, onChange: () => {} })
    const one = open()
    const added = await failureIn(() => one.add([{ label: 'a', config: RunConfig.parse({}) }]))
    const noted = await failureIn(() => annotate(run, { name: 'new' }))
    return () => {
      assert.ok(added ? (readQueue(path)?.length ?? 9) <= 1 : readQueue(path)?.length === 1)
      assert.ok(noted ? /^(new)?$/.test(readNotes(run).name) : readNotes(run).name === 'new')
      one.add([{ label: 'b', config: RunConfig.parse({}) }])
      assert.equal(readQueue(path)?.at(-1)?.label, 'b')
      annotate(run, { name: 'later' })
      assert.equal(readNotes(run).name, 'later')
      return nothing()
    }
  },
}

export const runFile = (runId: string) =>
  RunFile.parse({
    ...{ format: 1, runId, created: 1, config: RunConfig.parse({}), plan },
    ...{ architecture: 'resnet18', flavour: 'standard', cut: null, resize: 64 },
    ...{ classes: ['a', 'b'], dataset: 'd', photos: [], weights: 'w', versions: {}, queue: null },
  })
export const samples = { format: 1, classes: ['a', 'b'], train: [], val: [], test: [] }

/** The files that `run.start` writes before it answers. */
const runStart: Scenario = {
  name: 'start of a run',
  prepare: (folder) => Promise.resolve(mkdirSync(join(folder, 'runs'))),
  async work(folder) {
    const run = join(folder, 'runs', 'run-1')
    const start = async () => {
      await createRunFolder(run, runFile('run-1'))
      await storeSamples(run, samples)
    }
    const failed = await failureIn(start)
    if (failed) assert.match(failed.code, /^(disk-full|not-writable)$/)
    return async () => {
      if (existsSync(runPaths(run).run)) assert.deepEqual(readRun(run), runFile('run-1'))
      if (!failed) assert.deepEqual(await readSamples(run), samples)
      await start()
      assert.deepEqual([readRun(run), await readSamples(run)], [runFile('run-1'), samples])
    }
  },
}

const news = numbered('run', [started(), step(0.5), step(1), epoch(1, 0.9)])
const events: Scenario = {
  name: 'events of a run',
  prepare: (folder) => Promise.resolve(writeRun(folder, 'run', { events: news.slice(0, 1) })),
  async work(folder) {
    const run = join(folder, 'run')
    const written = [news[0]!]
    for (const event of news.slice(1)) {
      // As RunLog does: what could not be written is written first.
      if (await failureIn(() => appendEvent(run, event))) break
      written.push(event)
    }
    await failureIn(() => syncEvents(run))
    return () => {
      // An event may be there though its call failed after the last byte; RunLog writes it again.
      const found = readEvents(run)
      assert.deepEqual(found.slice(0, written.length), written)
      assert.ok(found.length <= written.length + 1)
      for (const event of news.slice(written.length)) appendEvent(run, event)
      const bySequence = new Map(readEvents(run).map((event) => [event.sequence, event]))
      assert.deepEqual([...bySequence.values()], news)
      return nothing()
    }
  },
}

// Checkpoints

const network = buildNetwork({ architecture: 'resnet20', size: 32, classes: 2 })
const tensorsOf = (value: number) =>
  new Map([['fc.bias', { shape: [2], data: Float32Array.of(value, -value) }]])
export const saveEpoch = (folder: string, number: number) =>
  saveCheckpoint(folder, {
    progress: {
      ...initialProgress,
      ...{
        epoch: number,
        saved: number,
        best: { epoch: number, accuracy: 0.5, balancedAccuracy: null, loss: 1, calibration: null },
      },
    },
    tensors: tensorsOf(number),
    best: { network, tensors: tensorsOf(number) },
  })
/** The epoch of the checkpoint; the best weights must be of the same. */
export async function epochFound(folder: string): Promise<number | null> {
  const checkpoint = await recoverCheckpoint(folder)
  if (!checkpoint) return null
  const { epoch: number, best } = checkpoint.progress
  assert.deepEqual(checkpoint.tensors, tensorsOf(number))
  assert.equal(best?.epoch, number)
  const { tensors, metadata } = await readSafetensors(runPaths(folder).weights)
  assert.deepEqual([tensors, metadata.epoch], [tensorsOf(number), String(number)])
  return number
}

const checkpoint: Scenario = {
  name: 'checkpoint',
  async prepare(folder) {
    mkdirSync(runPaths(folder).checkpoints)
    writeFileSync(runPaths(folder).metrics, '')
    for (const number of [1, 2]) await saveEpoch(folder, number)
  },
  async work(folder) {
    let saved = 2
    for (const number of [3, 4]) {
      if (await failureIn(() => saveEpoch(folder, number))) break
      saved = number
    }
    return async () => {
      const found = await epochFound(folder)
      assert.ok(found === saved || found === saved + 1, `epoch ${found} after ${saved}`)
      await saveEpoch(folder, found! + 1)
      assert.equal(await epochFound(folder), found! + 1)
    }
  },
}

/** As an engine that was killed between the checkpoint and its best weights leaves them. */
const recovered: Scenario = {
  name: 'recovered checkpoint',
  async prepare(folder) {
    await checkpoint.prepare(folder)
    const { weights, nextWeights } = runPaths(folder)
    const before = readFileSync(weights)
    await saveEpoch(folder, 3)
    writeFileSync(nextWeights, readFileSync(weights))
    writeFileSync(weights, before)
    writeFileSync(join(runPaths(folder).checkpoints, 'b.safetensors.12.part'), 'x')
  },
  async work(folder) {
    await failureIn(() => recoverCheckpoint(folder))
    return async () => assert.equal(await epochFound(folder), 3)
  },
}

// Caches

const cacheOf = (folder: string) =>
  openFeatureCache({ folder, key: { cut: 'layer3' }, bytesPerRecord: 16 })
const record = (hash: string) => Float32Array.from({ length: 4 }, (_, i) => hash.charCodeAt(0) + i)
const cache: Scenario = {
  name: 'feature cache',
  async prepare(folder) {
    const open = await cacheOf(folder)
    await open.append(['a'], record('a'))
    await open.close()
  },
  async work(folder) {
    const answered = new Set(['a'])
    const add = async (open: Awaited<ReturnType<typeof cacheOf>>, hash: string) => {
      if (!(await failureIn(() => open.append([hash], record(hash))))) answered.add(hash)
    }
    const opened: Awaited<ReturnType<typeof cacheOf>>[] = []
    await failureIn(async () => void opened.push(await cacheOf(folder)))
    for (const open of opened) for (const hash of ['b', 'c', 'd']) await add(open, hash)
    return async () => {
      const open = opened[0] ?? (await cacheOf(folder))
      await add(open, 'e')
      assert.ok(answered.has('e'))
      await open.close()
      const again = await cacheOf(folder)
      for (const hash of answered) assert.ok(again.has(hash), `${hash} is gone`)
      for (const hash of ['a', 'b', 'c', 'd', 'e'].filter((each) => again.has(each))) {
        const values = new Float32Array(4)
        await again.readInto([hash], values)
        assert.deepEqual(values, record(hash))
      }
      await again.close()
    }
  },
}

const fileCache: Scenario = {
  name: 'cache of thumbnails',
  prepare: nothing,
  async work(folder) {
    const files = openFileCache(folder, { extension: 'webp', limit: 1e6 })
    const get = async (text: string) => {
      const bytes = await files.get(text.repeat(64), () => Promise.resolve(Buffer.from(text)))
      assert.equal(bytes.toString(), text)
    }
    for (const text of ['a', 'b', 'a']) await failureIn(() => get(text))
    return async () => {
      for (const text of ['a', 'b', 'c']) await get(text)
    }
  },
}

// Exports

const own = (folder: string) => writeFileSync(join(folder, 'my-notes.txt'), 'mine')
const isOwnThere = (folder: string) =>
  assert.equal(readFileSync(join(folder, 'my-notes.txt'), 'utf8'), 'mine')
const photo = (folder: string, id: string, classId: string): Picture & { classId: string } => ({
  ...{ id, path: join(folder, 'photos', `${id}.jpg`), name: `${id}.jpg`, classId, split: 'train' },
  ...{ excluded: false, reviewed: false, file: 'present', problem: null },
  ...{ width: 1, height: 1, bytes: 1, modified: 1 },
})
const classes = ['a', 'b'].map((id) => ({ id, name: `Class ${id}`, colour: null }))
const dataExport: Scenario = {
  name: 'export of labels and folders',
  prepare(folder) {
    mkdirSync(join(folder, 'photos'))
    mkdirSync(join(folder, 'out'))
    own(join(folder, 'out'))
    for (const id of ['1', '2', '3'])
      writeFileSync(join(folder, 'photos', `${id}.jpg`), `photo ${id}`)
    return nothing()
  },
  async work(folder) {
    const out = join(folder, 'out')
    const pictures = [photo(folder, '1', 'a'), photo(folder, '2', 'b'), photo(folder, '3', 'b')]
    const input = { folder: out, projectName: 'Leaves', classes, pictures }
    const skipped: unknown[] = []
    const folders = async () => {
      const result = await exportFolders({ ...input, as: 'copies', splits: false })
      skipped.push(...result.skipped)
    }
    const failures = [await failureIn(() => exportLabels(input)), await failureIn(folders)]
    const check = (isFailed: boolean, number: number) => {
      isOwnThere(out)
      const made = readdirSync(out).filter((name) => !/\.part$|my-notes/.test(name))
      const csv = made.filter((name) => name.endsWith('.csv'))
      for (const name of csv)
        assert.equal(readFileSync(join(out, name), 'utf8').trim().split('\r\n').length, 4)
      const whole = made.filter((name) => !name.endsWith('.csv'))
      for (const name of whole)
        assert.equal(
          readdirSync(join(out, name), { recursive: true }).length,
          5 - skipped.length,
          `${name} is incomplete`,
        )
      if (!isFailed) assert.deepEqual([csv.length, whole.length], [number, number])
    }
    return async () => {
      check(failures.some(Boolean), 1)
      skipped.length = 0
      await exportLabels(input)
      await folders()
    }
  },
}

const modelFormats = ['safetensors', 'tfjs'] as const
const modelExport: Scenario = {
  name: 'export of a model',
  async prepare(folder) {
    const run = writeRun(folder, 'run', { events: news })
    const small = { architecture: 'resnet20' as const, cut: 'layer1' as const, resize: 32 }
    const file = { ...runFile('run'), ...small, plan: { ...plan, ...small, size: 32 } }
    writeFileSync(runPaths(run).run, JSON.stringify(file))
    const trained = buildNetwork({
      ...{ architecture: 'resnet20', cut: 'layer1', size: 32, classes: 2, standardise: true },
    })
    await writeSafetensors(runPaths(run).weights, initialise(trained, 1), { epoch: '1' })
    mkdirSync(join(folder, 'out'))
    own(join(folder, 'out'))
  },
  async work(folder) {
    const [run, out] = [join(folder, 'run'), join(folder, 'out')]
    const write = () => exportModel(run, { formats: [...modelFormats], folder: out, name: 'Mine' })
    const failed = await failureIn(write)
    const board = await failureIn(() => exportTensorBoard([run], out))
    return async () => {
      isOwnThere(out)
      const made = readdirSync(out).filter((name) => !/\.part$|my-notes/.test(name))
      if (made.includes('Mine')) {
        const files = readdirSync(join(out, 'Mine'), { recursive: true, encoding: 'utf8' })
        for (const name of ['restage-tfjs/model.json', 'restage-safetensors/model.safetensors'])
          assert.ok(files.includes(name), `${name} is missing`)
      }
      if (!failed) assert.ok(made.includes('Mine'))
      if (!board) assert.ok(made.includes('restage tensorboard'))
      assert.equal((await write()).length, 2)
      await exportTensorBoard([run], out)
    }
  },
}

// Downloads

const content = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * 7919) % 251))
const sha256 = createHash('sha256').update(content).digest('hex')
let address = ''
/** Serves one file until the answered function is called. */
export async function serveContent(): Promise<() => void> {
  const server = createServer((request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const headers = { ETag: '"one"', 'Content-Length': content.length - start }
    if (start > 0)
      response.writeHead(206, { ...headers, 'Content-Range': `bytes ${start}-39999/40000` })
    else response.writeHead(200, headers)
    response.end(content.subarray(start))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.pth`
  return () => {
    server.closeAllConnections()
    server.close()
  }
}
const download: Scenario = {
  name: 'download',
  prepare: nothing,
  async work(folder) {
    const destination = join(folder, 'weights', 'weights.pth')
    const checksum = { algorithm: 'sha256', digits: sha256 } as const
    const fetch = () =>
      downloadWeights({ url: address, destination, checksum, bytes: 40_000, retryDelay: 1 })
    const failed = await failureIn(fetch)
    return async () => {
      if (existsSync(destination)) assert.ok(readFileSync(destination).equals(content))
      else assert.ok(failed instanceof Failure)
      await fetch()
      assert.ok(readFileSync(destination).equals(content))
      const left = readdirSync(join(folder, 'weights')).filter((name) => !name.endsWith('.json'))
      assert.deepEqual(left, ['weights.pth'])
    }
  },
}

export const scenarios = [
  ...[labels, reopenedLabels, damagedLabels, projects, queue, runStart, events],
  ...[checkpoint, recovered, cache, fileCache, dataExport, download, modelExport],
] as const
