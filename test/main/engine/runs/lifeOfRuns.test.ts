// What becomes of runs while the engine lives: they rest, go on with the photos they began with, and
// follow one another in a queue.
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { readEvents, runPaths } from '../../../../main/engine/runFiles/runFolder'
import { reduceRun } from '../../../../shared/runState'
import { measured } from '../training/leafRun'
import { addLeaves, ofType, openEngine, tiny, type OpenEngine } from './openEngine'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
let home = ''
let engine: OpenEngine
beforeAll(async () => {
  home = join(root, 'home')
  engine = await openEngine(home)
  await addLeaves(engine, root)
})

const ended = ofType('finished', 'failed', 'stopped')
const call = <N extends keyof OpenEngine['handlers']>(name: N) => engine.handlers[name]
const folderOf = async (runId: string) => (await call('run.folder')({ runId })).path
const outcome = async (runId: string) => {
  const folder = await folderOf(runId)
  const { status, epochs } = reduceRun(readEvents(folder))
  return { status, epochs: measured(epochs), weights: readFileSync(runPaths(folder).weights) }
}
const summaryOf = async (runId: string) =>
  (await call('run.list')(undefined)).find((run) => run.runId === runId)!
const request = { frozen: ['stem' as const, 'layer1' as const], epochs: 4 }

it('goes on with the photos it began with, though labels have changed, to the same end', async () => {
  let end = engine.next(ended)
  const { runId: whole } = await call('run.start')(tiny(request))
  expect(await call('run.active')(undefined)).toEqual({ runId: whole })
  await end

  const step = engine.next(
    ({ type, ...event }) => type === 'step' && Number(Reflect.get(event, 'step')) >= 7,
  )
  const { runId: cut } = await call('run.start')(tiny(request))
  await step
  await call('run.rest')({ stop: false })
  expect(await call('run.active')(undefined)).toEqual({ runId: null })
  expect(await summaryOf(cut)).toMatchObject({ status: 'paused', resumable: true })

  // The next engine finds it at rest, and leaves it so.
  engine = await openEngine(home)
  expect(engine.events).toEqual([])
  const { classes } = await call('dataset.snapshot')(undefined)
  const [gone, into] = classes.map(({ id }) => id)
  await call('dataset.edit')({ type: 'removeClasses', ids: [gone!], mergeInto: into! })
  end = engine.next(ended)
  await call('run.continue')({ runId: cut })
  await expect(call('run.continue')({ runId: cut })).rejects.toMatchObject({ code: 'run-active' })
  expect((await end).type).toBe('finished')
  await call('dataset.edit')({ type: 'undo' })

  const [undisturbed, resumed] = [await outcome(whole), await outcome(cut)]
  expect(resumed.epochs).toEqual(undisturbed.epochs)
  expect(resumed.weights.equals(undisturbed.weights)).toBe(true)
  const [one, other] = [await summaryOf(whole), await summaryOf(cut)]
  expect(other.dataset).toBe(one.dataset)
  expect(other.created).toBeGreaterThan(one.created)
  expect(other).toMatchObject({ status: 'finished', resumable: false, epochs: 4 })
  expect(other.modelBytes).toBe(undisturbed.weights.length)
  await expect(call('run.continue')({ runId: cut })).rejects.toMatchObject({ code: 'bad-input' })
})

it('does not go on without its photos, and does once they are back', async () => {
  const epoch = engine.next(ofType('epoch'))
  const { runId } = await call('run.start')(tiny(request))
  await epoch
  await call('run.stop')(undefined)
  expect(await summaryOf(runId)).toMatchObject({ status: 'stopped', resumable: true })
  renameSync(join(root, 'leaves'), join(root, 'unplugged'))
  await expect(call('run.continue')({ runId })).rejects.toMatchObject({ code: 'file-missing' })
  // Moved for good: the data set knows where to, and so does the run.
  await call('dataset.checkFiles')(undefined)
  await call('dataset.relocate')({ from: join(root, 'leaves'), to: join(root, 'unplugged') })
  const end = engine.next(ended)
  await call('run.continue')({ runId })
  expect((await end).type).toBe('finished')
})

it('pauses while the computer sleeps, but a pause of a person stays one', async () => {
  const { runId } = await call('run.start')(tiny({ ...request, epochs: 60 }))
  await engine.next(ofType('step'))
  const fellAsleep = engine.next(ofType('paused'))
  await call('run.asleep')({ asleep: true })
  expect(await fellAsleep).toMatchObject({ reason: 'asleep', retrying: true })
  const woke = engine.next(ofType('resumed'))
  await call('run.asleep')({ asleep: false })
  await woke

  const paused = engine.next(ofType('paused'))
  await call('run.pause')(undefined)
  expect(await paused).toMatchObject({ reason: null, retrying: false })
  await call('run.asleep')({ asleep: true })
  await call('run.asleep')({ asleep: false })
  expect(await summaryOf(runId)).toMatchObject({ status: 'paused', resumable: false })
  const resumed = engine.next(ofType('resumed'))
  await call('run.resume')(undefined)
  await resumed
  await call('run.stop')(undefined)
})

it('runs a queue to its end, whatever becomes of each item', async () => {
  const finished: string[] = []
  const all = new Promise<void>((resolve) => {
    void engine.next(({ type, runId }) => {
      if (type === 'finished') finished.push(runId)
      if (finished.length === 2) resolve()
      return finished.length === 2
    })
  })
  const stopSecond = engine.next(({ type }) => type === 'epoch' && finished.length === 1)
  const { queue } = await call('queue.add')({
    items: [
      { label: 'head', config: tiny({ epochs: 2 }) },
      { label: 'no such file', config: tiny({ weights: join(root, 'none.safetensors') }) },
      { label: 'long', config: tiny({ epochs: 5000 }) },
      { label: 'more', config: tiny({ epochs: 2, frozen: ['stem'] }) },
    ],
  })
  await stopSecond
  await call('run.stop')(undefined)
  await all
  await expect
    .poll(() => engine.queue().map(({ state }) => state))
    .toEqual(['done', 'failed', 'cancelled', 'done'])
  const items = await call('queue.list')(undefined)
  expect(items[1]).toMatchObject({ runId: null })
  expect(items[1]!.message).toContain('none.safetensors')
  const runs = (await call('run.list')(undefined)).filter((run) => run.queue === queue)
  expect(runs.map(({ status }) => status)).toEqual(['finished', 'stopped', 'finished'])
  expect(await call('run.active')(undefined)).toEqual({ runId: null })
})

it('finds what was cut off with the whole app at rest, and ends it or goes on with it as asked', async () => {
  const { runId } = await call('run.start')(tiny({ ...request, epochs: 60 }))
  await engine.next(ofType('epoch'))
  await call('run.pause')(undefined)
  await engine.next(ofType('paused'))
  await call('run.resume')(undefined)
  await engine.next(ofType('step'))
  // What is left behind by a process that is gone: this one is just not asked any more.
  const left = engine
  await left.handlers['run.pause'](undefined)
  await left.next(ofType('paused'))
  const folder = await folderOf(runId)
  const { appendFileSync } = await import('node:fs')
  const last = readEvents(folder).at(-1)!
  const resumed = { type: 'resumed', runId, sequence: last.sequence + 1, time: last.time }
  appendFileSync(runPaths(folder).metrics, `${JSON.stringify(resumed)}\n{"type":"st`)

  engine = await openEngine(home)
  expect(engine.events).toMatchObject([{ type: 'paused', reason: 'app-stopped', runId }])
  expect(await summaryOf(runId)).toMatchObject({ status: 'paused', resumable: true })
  expect(await call('run.active')(undefined)).toEqual({ runId: null })
  const again = await openEngine(home)
  expect(again.events).toEqual([])

  engine = again
  const going = engine.next(ofType('step'))
  await call('run.resume')(undefined)
  await going
  expect(await call('run.active')(undefined)).toEqual({ runId })
  await call('run.rest')({ stop: false })
  engine = await openEngine(home)
  await call('run.stop')(undefined)
  expect(await summaryOf(runId)).toMatchObject({ status: 'stopped', resumable: true })
})
