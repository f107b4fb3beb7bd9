// A full disk, a folder that is gone and a device without memory pause a run with their reason; when
// the cause is gone it goes on, and measures what an undisturbed run measures.
import { renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import type * as Files from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { RunControl } from '../../../../main/engine/training/control'
import { retryWhenPossible } from '../../../../main/engine/training/retryWhenPossible'
import { readEvents, runPaths } from '../../../../main/engine/runFiles/runFolder'
import type { Samples } from '../../../../main/engine/plan/samples'
import { WorkClock } from '../../../../main/engine/training/workClock'
import { Failure } from '../../../../shared/failure'
import type { RunEvent, RunNews } from '../../../../shared/runEvents'
import { reduceRun } from '../../../../shared/runState'
import { eventsOf, leafRun, leafSamples, measured } from './leafRun'
import { temporaryFolder } from '../weights/temporaryFolder'

const disk = vi.hoisted(() => ({ isFull: false, after: 0 }))

// A disk that is full takes a few more bytes of a checkpoint, then none.
vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof Files>()
  const open: typeof files.open = async (path, ...rest) => {
    const file = await files.open(path, ...rest)
    if (!String(path).endsWith('.part')) return file
    const writeFile = file.writeFile.bind(file)
    file.writeFile = (data, options) => {
      if (disk.isFull && disk.after-- <= 0)
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      return writeFile(data, options)
    }
    return file
  }
  return { ...files, open, default: { ...files, open } }
})

const { folder: root } = temporaryFolder()
let samples: Samples
let plain: Awaited<ReturnType<typeof leafRun>>
beforeAll(async () => {
  samples = await leafSamples(root)
  plain = await leafRun({ root, name: 'plain', samples })
})
beforeEach(() => Object.assign(disk, { isFull: false, after: 0 }))

const pausesOf = (events: readonly RunEvent[]) =>
  eventsOf(events, 'paused').map(({ reason, retrying }) => [reason, retrying])

it('a disk that fills up inside a checkpoint pauses; with room again it goes on by itself', async () => {
  const { events, folder } = await leafRun({
    root,
    name: 'full',
    samples,
    onEvent: (event) => {
      if (event.type === 'step' && event.step === 4) Object.assign(disk, { isFull: true, after: 2 })
      if (event.type === 'paused') disk.isFull = false
    },
  })
  expect(pausesOf(events)).toEqual([['disk-full', true]])
  expect(eventsOf(events, 'resumed')).toHaveLength(1)
  expect(measured(events)).toEqual(measured(plain.events))
  expect(readEvents(folder)).toEqual(events)
  expect(reduceRun(events).status).toBe('finished')
})

it.skipIf(process.platform !== 'linux')(
  'a disk too full for the events pauses, and none is lost',
  async () => {
    const metrics = runPaths(join(root, 'full-events')).metrics
    const { events, folder } = await leafRun({
      root,
      name: 'full-events',
      samples,
      onEvent: (event) => {
        if (event.type === 'step' && event.step === 4) {
          renameSync(metrics, `${metrics}.kept`)
          symlinkSync('/dev/full', metrics)
        }
        if (event.type === 'paused') {
          unlinkSync(metrics)
          renameSync(`${metrics}.kept`, metrics)
        }
      },
    })
    expect(pausesOf(events)).toEqual([['disk-full', true]])
    expect(measured(events)).toEqual(measured(plain.events))
    const bySequence = (list: readonly RunEvent[]) =>
      [...list].sort((a, b) => a.sequence - b.sequence)
    expect(readEvents(folder)).toEqual(bySequence(events))
    expect(reduceRun(events).status).toBe('finished')
  },
)

it('stopped while the disk is full it ends, and goes on later from the checkpoint before', async () => {
  const stopped = await leafRun({
    root,
    name: 'full-stopped',
    samples,
    onEvent: (event, stop) => {
      if (event.type === 'step' && event.step === 4) disk.isFull = true
      if (event.type === 'paused') stop()
    },
  })
  expect(stopped.events[stopped.events.length - 1]!.type).toBe('stopped')
  disk.isFull = false
  const resumed = await leafRun({ root, name: 'full-stopped', samples, resume: true })
  const state = reduceRun(readEvents(resumed.folder))
  expect(measured(state.epochs)).toEqual(measured(plain.events))
  expect(state.status).toBe('finished')
})

it('a place that cannot be written to pauses, too', async () => {
  const { checkpoints } = runPaths(join(root, 'gone'))
  const { events } = await leafRun({
    root,
    name: 'gone',
    samples,
    onEvent: (event) => {
      if (event.type === 'step' && event.step === 4) {
        renameSync(checkpoints, `${checkpoints}-kept`)
        writeFileSync(checkpoints, '')
      }
      if (event.type === 'paused') {
        unlinkSync(checkpoints)
        renameSync(`${checkpoints}-kept`, checkpoints)
      }
    },
  })
  expect(pausesOf(events)).toEqual([['not-writable', true]])
  expect(measured(events)).toEqual(measured(plain.events))
})

it('a run can be paused while it computes features', async () => {
  const { events } = await leafRun({
    root,
    name: 'features-paused',
    samples,
    onEvent: (event, _, control) => {
      if (event.type === 'phase' && event.phase === 'features') control.pause()
      if (event.type === 'paused') setTimeout(() => control.resume(), 50)
    },
  })
  const types = events.map(({ type }) => type)
  expect(types.indexOf('paused')).toBeGreaterThan(0)
  expect(types.indexOf('paused')).toBeLessThan(types.indexOf('step'))
  expect(measured(events)).toEqual(measured(plain.events))
})

it('out of memory waits for the person, tells it once, and takes a stop', async () => {
  const control = new RunControl()
  let calls = 0
  const told: RunNews[] = []
  const work = retryWhenPossible(control, () => {
    if (calls++ < 2) throw new Failure('out-of-memory', { reason: 'none left' })
    return 'done'
  })
  const person = setInterval(() => control.resume(), 20)
  for (;;) {
    const next = await work.next()
    if (next.done) {
      expect(next.value).toBe('done')
      break
    }
    told.push(next.value)
  }
  clearInterval(person)
  expect(told.map(({ type }) => type)).toEqual(['paused', 'resumed'])
  expect(told[0]).toMatchObject({ reason: 'out-of-memory', retrying: false })
  expect(control.waited).toBeGreaterThan(0)
  const stopped = retryWhenPossible(control, () => {
    throw new Failure('out-of-memory', { reason: 'none left' })
  })
  await stopped.next()
  control.stop()
  await expect(stopped.next()).rejects.toMatchObject({ code: 'run-stopped' })
  const bug = retryWhenPossible(control, () => {
    throw new Error('a bug')
  })
  await expect(bug.next()).rejects.toThrow('a bug')
})

it('neither waiting nor a sleep of the computer counts as work', () => {
  const control = { waited: 0 }
  let now = 0
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    const clock = new WorkClock(control)
    now = 2000
    expect(clock.lap()).toBe(2)
    now += 90_000
    control.waited += 89_000
    expect(clock.lap()).toBe(1)
    now += 3_600_000
    expect(clock.lap()).toBe(2)
    now += 30_000
    expect(clock.lap()).toBe(30)
  } finally {
    spy.mockRestore()
  }
})
