// Whole runs with the knobs turned: all that is drawn at random repeats and survives a stop, and what
// was judged is what is kept and used.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateSamples, openModel } from '../../../../main/engine/evaluation/model'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import type { Samples } from '../../../../main/engine/plan/samples'
import { bytesOf } from '../../../../main/engine/files/wholeFiles'
import { readSafetensors } from '../../../../main/engine/weights/formats/safetensors'
import { Augmentation, type RunRequest } from '../../../../shared/runConfig'
import { eventsOf, leafRun, leafSamples, measured } from './leafRun'

let root = ''
let samples: Samples
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'restage-knobs-'))
  samples = await leafSamples(root)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const frozen: RunRequest['frozen'] = ['stem', 'layer1', 'layer2']
const everything: RunRequest = {
  frozen,
  epochs: 2,
  optimizer: 'adamw',
  schedule: 'oneCycle',
  clipNorm: 1,
  averaging: 0.9,
  labelSmoothing: 0.1,
  balance: 'sampling',
  mix: 'cutmix',
  mixAlpha: 1,
  testTimeFlips: true,
  augment: Augmentation.parse({
    ...{ flip: 'both', crop: 0.3, zoom: 0.1, rotate: 20, brightness: 0.2, contrast: 0.2 },
    ...{ saturation: 0.2, hue: 0.05, erase: 0.5 },
  }),
}
const onFeatures: RunRequest = {
  epochs: 3,
  mix: 'mixup',
  mixAlpha: 1,
  balance: 'weights',
  labelSmoothing: 0.1,
  testTimeFlips: true,
  averaging: 0.9,
}
/** Fewer of the first class. */
const unbalanced = (): Samples => ({
  ...samples,
  train: samples.train.filter(({ label }, i) => label !== 0 || i % 3 === 0),
})

describe.each([
  ['on varied pictures', everything],
  ['on cached features', onFeatures],
])('%s', (name, request) => {
  const run = (part: string, more: Partial<Parameters<typeof leafRun>[0]> = {}) =>
    leafRun({ root, name: `${name} ${part}`, samples: unbalanced(), request, ...more })
  let first: Awaited<ReturnType<typeof leafRun>>
  beforeAll(async () => {
    first = await run('first')
  })

  it('a run repeats to the last bit', async () => {
    const again = await run('again')
    expect(measured(again.events)).toEqual(measured(first.events))
    const losses = [first, again].map(({ events }) => eventsOf(events, 'step').map((s) => s.loss))
    expect(losses[1]).toEqual(losses[0])
    expect(losses[0]!.length).toBeGreaterThan(3)
  })

  it('stopped within an epoch and resumed, it ends the same', async () => {
    const stopped = await run('parts', {
      onEvent: (event, stop) => {
        if (event.type === 'step' && event.step === 4) stop()
      },
    })
    expect(stopped.events[stopped.events.length - 1]!.type).toBe('stopped')
    const resumed = await run('parts', { resume: true })
    const told = measured(first.events)
    expect(measured(resumed.events)).toEqual(told.slice(-measured(resumed.events).length))
    expect(measured(resumed.events).length).toBeGreaterThan(0)
    const [a, b] = await Promise.all(
      [first, resumed].map(({ folder }) => readSafetensors(runPaths(folder).weights)),
    )
    for (const [tensor, { data }] of a!.tensors) {
      const same = Buffer.from(bytesOf(data)).equals(bytesOf(b!.tensors.get(tensor)!.data))
      expect(same, tensor).toBe(true)
    }
  })

  it('what was judged is what is kept and used', async () => {
    const epochs = eventsOf(first.events, 'epoch')
    const best = epochs.filter((epoch) => epoch.best).pop()!
    const model = await openModel(first.folder)
    const used = await evaluateSamples(model, samples.val, 'val')
    model.inference.dispose()
    expect(used.accuracy).toBeCloseTo(best.valAccuracy, 6)
    const loss = used.pictures.reduce(
      (sum, { truth, predicted, confidence }) =>
        sum - (truth === predicted ? Math.log(confidence) : 0),
      0,
    )
    if (used.accuracy === 1) expect(loss / used.pictures.length).toBeCloseTo(best.valLoss, 3)
  })
})

it('each knob changes what is measured', async () => {
  const losses = async (name: string, request: RunRequest) => {
    const asked = { epochs: 1, ...request }
    const { events } = await leafRun({ root, name, samples: unbalanced(), request: asked })
    return JSON.stringify(measured(events))
  }
  const plain = await losses('plain', {})
  const knobs: Record<string, RunRequest> = {
    schedule: { schedule: 'constant' },
    decay: { weightDecay: 0.5 },
    decayAll: { weightDecay: 0.5, decayAll: true },
    clip: { clipNorm: 0.01 },
    smoothing: { labelSmoothing: 0.1 },
    weights: { balance: 'weights' },
    sampling: { balance: 'sampling' },
    mixup: { mix: 'mixup' },
    averaging: { averaging: 0.9 },
    flips: { testTimeFlips: true },
  }
  const seen = new Map([[plain, 'plain']])
  for (const [name, request] of Object.entries(knobs)) {
    const own = await losses(name, request)
    expect(seen.get(own), name).toBeUndefined()
    seen.set(own, name)
  }
})
