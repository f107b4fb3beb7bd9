// Runs of several legs: each goes on from what the one before left, with stages of its own; a stop
// anywhere changes no number.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { recoverCheckpoint } from '../../../../main/engine/runFiles/checkpoint'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import type { Samples } from '../../../../main/engine/plan/samples'
import { readSafetensors } from '../../../../main/engine/weights/formats/safetensors'
import type { RunRequest } from '../../../../shared/runConfig'
import { assets, eventsOf, leafRun, leafSamples, measured } from '../training/leafRun'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
let samples: Samples
let whole: Awaited<ReturnType<typeof leafRun>>

beforeAll(async () => {
  samples = await leafSamples(root)
  whole = await leafRun({ root, name: 'whole', samples, request: three })
})

/** The head, then one stage more, then the head on what those have become. */
const three: RunRequest = {
  legs: [
    { frozen: ['stem', 'layer1', 'layer2', 'layer3'], epochs: 2 },
    { frozen: ['stem', 'layer1', 'layer2'], epochs: 2 },
    { frozen: ['stem', 'layer1', 'layer2', 'layer3'], epochs: 1, learningRate: 1e-3 },
  ],
}
const kept = async (folder: string) => (await readSafetensors(runPaths(folder).weights)).tensors

it('legs are told, epochs and steps count through, and each has its own rate', () => {
  const { events, settings } = whole
  expect(eventsOf(events, 'leg').map(({ leg, trains }) => [leg, trains.length])).toEqual([
    [1, 1],
    [2, 2],
    [3, 1],
  ])
  expect(settings.plan.epochs).toBe(5)
  const epochs = eventsOf(events, 'epoch')
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5])
  const steps = eventsOf(events, 'step')
  expect(steps.map(({ step }) => step)).toEqual(steps.map((_, i) => i + 1))
  const perEpoch = steps.length / 5
  const highest = [0, 2, 4].map((from) =>
    Math.max(
      ...steps
        .slice(from * perEpoch, (from + (from < 4 ? 2 : 1)) * perEpoch)
        .map(({ learningRate }) => learningRate),
    ),
  )
  expect(highest).toEqual([5e-3, 2e-2, 1e-3])
  expect(eventsOf(events, 'finished')).toMatchObject([{ early: false }])
})

it('an epoch tells its rate, its speed and what was called each class', () => {
  for (const { learningRate, imagesPerSecond, predicted } of eventsOf(whole.events, 'epoch')) {
    expect(learningRate).toBeGreaterThan(0)
    expect(imagesPerSecond).toBeGreaterThan(0)
    expect(predicted).toHaveLength(samples.classes.length)
    expect(predicted.reduce((sum, count) => sum + count, 0)).toBe(samples.val.length)
  }
})

it('a leg goes on from the one before: the head keeps what it knows', () => {
  const losses = measured(whole.events).map(({ trainLoss }) => trainLoss)
  expect(losses[1]!).toBeLessThan(losses[0]!)
  // A head that began anew would be back at ln 3.
  expect(losses[2]!).toBeLessThan(1)
  expect(losses[4]!).toBeLessThan(losses[1]!)
})

it('stages that no leg trains stay as they were', async () => {
  const checkpoint = await recoverCheckpoint(whole.folder)
  const stages = new Set([...checkpoint!.tensors.keys()].map((name) => name.split('.')[0]))
  expect([...stages].filter((name) => !name!.includes('/')).sort()).toEqual([
    'fc',
    'head_norm',
    'layer3',
  ])
  const start = await readSafetensors(
    join(assets, 'starter/starter-resnet18-to-layer3.safetensors'),
  )
  for (const [name, { data }] of await kept(whole.folder)) {
    if (/^(fc|head_norm|layer3)/.test(name)) continue
    const before = start.tensors.get(name)!.data
    expect(
      data.every((value, i) => value === before[i]),
      name,
    ).toBe(true)
  }
})

it.each([2, 8, 13])('stopped at step %i it ends the same', async (at) => {
  const name = `stopped-${at}`
  const stopped = await leafRun({
    root,
    name,
    samples,
    request: three,
    onEvent: (event, stop) => {
      if (event.type === 'step' && event.step === at) stop()
    },
  })
  expect(stopped.events[stopped.events.length - 1]!.type).toBe('stopped')
  const resumed = await leafRun({ root, name, samples, request: three, resume: true })
  // A stop writes a checkpoint: no step is done twice.
  expect(eventsOf(resumed.events, 'step')[0]!.step).toBe(at + 1)
  expect([...measured(stopped.events), ...measured(resumed.events)]).toEqual(measured(whole.events))
  const [a, b] = [whole, resumed].map(({ folder }) => readFileSync(runPaths(folder).weights))
  expect(a!.equals(b!)).toBe(true)
})

it('pictures grow within a leg, and the best is one of the full size', async () => {
  const request: RunRequest = {
    progressiveResizing: true,
    frozen: ['stem', 'layer1', 'layer2'],
    epochs: 4,
    size: 96,
  }
  const grown = await leafRun({ root, name: 'grown', samples, request })
  expect(grown.settings.legs.map(({ network }) => network.size)).toEqual([64, 96])
  expect(eventsOf(grown.events, 'leg')).toHaveLength(1)
  const epochs = measured(grown.events)
  expect([epochs.length, epochs[2]!.best]).toEqual([4, true])
  const rates = eventsOf(grown.events, 'step').map(({ learningRate }) => learningRate)
  expect(rates.slice(1)).toEqual([...rates.slice(1)].sort((a, b) => b - a))
  const part = (resume: boolean) =>
    leafRun({
      root,
      name: 'grown-parts',
      samples,
      request,
      resume,
      onEvent: (event, stop) => {
        if (!resume && event.type === 'epoch' && event.epoch === 2) stop()
      },
    })
  const first = await part(false)
  const second = await part(true)
  expect([...measured(first.events), ...measured(second.events)]).toEqual(epochs)
})

it('ends a leg early when the validation loss gets no better', async () => {
  const request: RunRequest = {
    patience: 1,
    legs: [
      { frozen: ['stem', 'layer1', 'layer2', 'layer3'], epochs: 30, learningRate: 2 },
      { frozen: ['stem', 'layer1', 'layer2', 'layer3'], epochs: 1, learningRate: 1e-6 },
    ],
  }
  const { events } = await leafRun({ root, name: 'early', samples, request })
  const epochs = measured(events)
  expect(epochs.length).toBeLessThan(31)
  expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, i) => i + 1))
  const losses = epochs.map(({ valLoss }) => valLoss)
  const last = losses.length - 2
  expect(losses[last]!).toBeGreaterThanOrEqual(Math.min(...losses.slice(0, last)))
  for (let i = 1; i < last; i++)
    expect(losses[i]!, `epoch ${i + 1}`).toBeLessThan(Math.min(...losses.slice(0, i)))
  expect(eventsOf(events, 'finished')).toMatchObject([{ early: true }])
})
