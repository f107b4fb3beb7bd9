// Whole runs: they end well, repeat, go on after a stop, and bear a picture that cannot be read.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { networkParameters } from '../../../../main/engine/network/layers'
import { hasCheckpoint } from '../../../../main/engine/runFiles/checkpoint'
import { listRuns } from '../../../../main/engine/runs/summaries'
import { readEvents, readRun, runPaths } from '../../../../main/engine/runFiles/runFolder'
import type { Samples } from '../../../../main/engine/plan/samples'
import { readSafetensors } from '../../../../main/engine/weights/formats/safetensors'
import { reduceRun } from '../../../../shared/runState'
import { steadyCosts } from '../plan/steadyCosts'
import { failureOf, temporaryFolder } from '../weights/temporaryFolder'
import { eventsOf, leafRun, leafSamples, measured } from './leafRun'

const { folder: root } = temporaryFolder()
let samples: Samples
let first: Awaited<ReturnType<typeof leafRun>>
const frozen = ['stem', 'layer1', 'layer2'] as ('stem' | 'layer1' | 'layer2')[]

beforeAll(async () => {
  samples = await leafSamples(root)
  first = await leafRun({ root, name: 'first', samples })
})

it('a head trained alone finishes with numbered events, weights and a checkpoint', async () => {
  const { events, folder, settings } = first
  expect(events[0]!.type).toBe('started')
  expect(events[events.length - 1]!.type).toBe('finished')
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i))
  expect(readEvents(folder)).toEqual(events)
  expect(settings.plan).toMatchObject({ trains: ['head'], cachedAfter: 'layer3' })
  const steps = eventsOf(events, 'step')
  expect(steps.map(({ step }) => step)).toEqual(steps.map((_, i) => i + 1))
  expect(steps[steps.length - 1]!.epoch).toBe(3)
  const losses = measured(events).map(({ trainLoss }) => trainLoss)
  expect(losses).toHaveLength(3)
  expect(losses[2]!).toBeLessThan(losses[0]!)
  const { tensors } = await readSafetensors(runPaths(folder).weights)
  expect([...tensors.keys()].sort()).toEqual(
    networkParameters(settings.network)
      .map(({ name }) => name)
      .sort(),
  )
  expect(hasCheckpoint(folder)).toBe(true)
  const run = readRun(folder)
  expect(run.classes).toEqual(['Birch', 'Maple', 'Willow'])
  expect(run.photos.slice(0, samples.val.length)).toEqual(samples.val.map(({ path }) => path))
})

it('the same seed measures the same, to the last bit; another seed does not', async () => {
  const again = await leafRun({ root, name: 'again', samples })
  expect(measured(again.events)).toEqual(measured(first.events))
  expect(eventsOf(again.events, 'step').map(({ loss }) => loss)).toEqual(
    eventsOf(first.events, 'step').map(({ loss }) => loss),
  )
  const other = await leafRun({ root, name: 'other', samples, request: { seed: 2 } })
  expect(measured(other.events)).not.toEqual(measured(first.events))
})

it('what it teaches about time is known when it is told to have ended', async () => {
  const learnt: string[] = []
  const atEnd: string[] = []
  await leafRun({
    ...{ root, name: 'teaching', samples },
    costs: {
      ...steadyCosts,
      correct: async (kind) => {
        await new Promise((resolve) => setImmediate(resolve))
        learnt.push(kind)
      },
    },
    onEvent: ({ type }) => void (type === 'finished' && atEnd.push(...learnt)),
  })
  expect(learnt).toContain('head/resnet18/head')
  expect(atEnd).toEqual(learnt)
})

it('stopped in the middle of an epoch and resumed, it ends as if it had gone on', async () => {
  const request = { frozen }
  const whole = await leafRun({ root, name: 'whole', samples, request })
  const stopped = await leafRun({
    root,
    name: 'parts',
    samples,
    request,
    onEvent: (event, stop) => {
      if (event.type === 'step' && event.step === 4) stop()
    },
  })
  expect(stopped.events[stopped.events.length - 1]!.type).toBe('stopped')
  expect(measured(stopped.events)).toEqual(measured(whole.events).slice(0, 1))
  const resumed = await leafRun({ root, name: 'parts', samples, request, resume: true })
  expect(measured(resumed.events)).toEqual(measured(whole.events).slice(1))
  expect(resumed.events[0]!.sequence).toBe(stopped.events[stopped.events.length - 1]!.sequence + 1)
  const state = reduceRun(readEvents(resumed.folder))
  expect(state.status).toBe('finished')
  expect(measured(state.epochs)).toEqual(measured(whole.events))
  const [a, b] = await Promise.all(
    [whole, resumed].map(({ folder }) => readSafetensors(runPaths(folder).weights)),
  )
  expect([...b!.tensors.keys()]).toEqual([...a!.tensors.keys()])
  for (const [name, { data }] of a!.tensors) {
    expect(Buffer.compare(bytesOf(data), bytesOf(b!.tensors.get(name)!.data)), name).toBe(0)
  }
})

const bytesOf = (data: Float32Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)

/** `list` with its first picture swapped for a file of garbage. */
function withBadPicture(name: string): { bad: string; list: Samples } {
  const bad = join(root, `${name}.jpg`)
  writeFileSync(bad, 'not a picture')
  const [one, ...rest] = samples.train
  return { bad, list: { ...samples, train: [{ ...one!, id: bad, path: bad }, ...rest] } }
}

it('an unreadable picture is told once and the run goes on without it', async () => {
  const { bad, list } = withBadPicture('bad')
  const { events } = await leafRun({
    root,
    name: 'with-bad',
    samples: list,
    request: { epochs: 1 },
  })
  expect(eventsOf(events, 'warning').flatMap(({ path }) => path ?? [])).toEqual([bad])
  expect(events[events.length - 1]!.type).toBe('finished')
})

it('an unreadable picture stops no run that caches nothing', async () => {
  const { list } = withBadPicture('bad-augmented')
  const { events } = await leafRun({
    root,
    name: 'with-bad-augmented',
    samples: list,
    request: { epochs: 1, augment: 'basic' },
  })
  expect(events[events.length - 1]!.type).toBe('finished')
})

// The loop drops what pictureBatches tells of unreadable pictures; turn into `it` once it does not.
it('an unreadable picture is told where nothing is cached, too', async () => {
  const { bad, list } = withBadPicture('bad-untold')
  const { events } = await leafRun({
    root,
    name: 'with-bad-untold',
    samples: list,
    request: { epochs: 1, augment: 'basic' },
  })
  expect(eventsOf(events, 'warning').map(({ path }) => path)).toContain(bad)
})

it('another architecture than that of the weights is refused before anything is written', async () => {
  const failure = await failureOf(
    leafRun({ root, name: 'wrong', samples, request: { architecture: 'resnet50' } }),
  )
  expect(failure.code).toBe('weights-mismatch')
  expect(existsSync(join(root, 'wrong'))).toBe(false)
})

it('weights that are nowhere are missing', async () => {
  expect(
    (await failureOf(leafRun({ root, name: 'none', samples, request: { weights: 'no-such' } })))
      .code,
  ).toBe('weights-missing')
})

it('a rate without measure ends as diverged, in the events', async () => {
  const { events } = await leafRun({
    root,
    name: 'diverged',
    samples,
    request: {
      epochs: 15,
      learningRate: 10,
      weightDecay: 1,
      multipliers: { head: 100 },
      warmupFraction: 0,
    },
  })
  expect(events[events.length - 1]).toMatchObject({ type: 'failed', code: 'run-diverged' })
})

it('runs are listed with their state; one that never ended counts as stopped', async () => {
  const runs = await listRuns(root, null)
  expect(runs.find(({ runId }) => runId === 'first')).toMatchObject({
    status: 'finished',
    epochs: 3,
    architecture: 'resnet18',
  })
  expect(runs.map(({ created }) => created)).toEqual(
    runs.map(({ created }) => created).sort((a, b) => b - a),
  )
})
