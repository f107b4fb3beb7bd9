// Whole runs with the knobs turned: all that is drawn at random repeats and survives a stop, and what
// was judged is what is kept and used.
import { beforeAll, describe, expect, it } from 'vitest'
import { evaluateSamples, openModel, predictPaths } from '../../../../main/engine/evaluation/model'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import type { Samples } from '../../../../main/engine/plan/samples'
import { bytesOf } from '../../../../main/engine/files/wholeFiles'
import { readSafetensors } from '../../../../main/engine/weights/formats/safetensors'
import type { Prediction } from '../../../../shared/evaluation'
import { Augmentation, type RunRequest } from '../../../../shared/runConfig'
import { eventsOf, leafRun, leafSamples, measured } from './leafRun'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
let samples: Samples
beforeAll(async () => {
  samples = await leafSamples(root)
})

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
const pathsOf = (from: Samples['val']) => from.map(({ path }) => path)
const scoreOf = (scores: Prediction['scores'], label: string) =>
  scores.find((each) => each.label === label)!.score

const temperatureOf = ({ events }: Pick<Awaited<ReturnType<typeof leafRun>>, 'events'>) =>
  eventsOf(events, 'finished')[0]!.calibration!.temperature

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
    const used = await evaluateSamples(model, samples.val, { split: 'val' })
    const predictions = await predictPaths(model, pathsOf(samples.val))
    model.inference.dispose()
    expect(used.accuracy).toBeCloseTo(best.valAccuracy, 6)
    // The weights that are kept are calibrated since.
    const temperature = temperatureOf(first)
    const losses = predictions.map(({ scores }, at) => {
      const raised = scores.map(({ label, score }) => ({ label, score: score ** temperature }))
      const all = raised.reduce((sum, { score }) => sum + score, 0)
      return -Math.log(scoreOf(raised, samples.classes[samples.val[at]!.label]!) / all)
    })
    expect(losses).toHaveLength(samples.val.length)
    expect(mean(losses)).toBeCloseTo(best.valLoss, 3)
  })
})

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** What a run of one epoch, unless asked otherwise, came to: as it was told, in what was kept, and in what the kept model answers. */
async function outcomeOf(name: string, request: RunRequest) {
  const asked = { epochs: 1, ...request }
  const { events, folder } = await leafRun({ root, name, samples: unbalanced(), request: asked })
  const { tensors } = await readSafetensors(runPaths(folder).weights)
  /** As it was trained, before its temperature was divided out. */
  const norm = (tensor: string) =>
    Number((temperatureOf({ events }) * Math.hypot(...tensors.get(tensor)!.data)).toPrecision(5))
  const model = await openModel(folder)
  const predictions = await predictPaths(model, pathsOf(samples.val))
  model.inference.dispose()
  const rare = samples.classes[0]!
  const steps = eventsOf(events, 'step')
  return {
    told: JSON.stringify(measured(events)),
    trainLoss: measured(events).pop()!.trainLoss,
    valLoss: measured(events).pop()!.valLoss,
    stepLosses: steps.map(({ loss }) => loss),
    rates: steps.map(({ learningRate }) => learningRate),
    /** How large the weights of the head are, and its biases, which began at zero. */
    weight: norm('fc.weight'),
    bias: norm('fc.bias'),
    rareScore: mean(predictions.map(({ scores }) => scoreOf(scores, rare))),
  }
}
type Outcome = Awaited<ReturnType<typeof outcomeOf>>

describe('each knob, by itself', () => {
  let plain: Outcome
  /** After ten epochs, for what two steps do not show. */
  let learnt: Outcome
  const told = new Map<string, string>()
  beforeAll(async () => {
    plain = await outcomeOf('plain', {})
    learnt = await outcomeOf('learnt', { epochs: 10 })
    told.set(plain.told, 'plain').set(learnt.told, 'learnt')
  })

  const decayed: RunRequest = { weightDecay: 0.5 }
  const knobs: readonly [string, RunRequest, (own: Outcome) => unknown][] = [
    [
      'a constant schedule keeps the rate, and moves further',
      { schedule: 'constant' },
      ({ rates, bias }) => {
        const [first, second] = plain.rates
        expect(second!).toBeLessThan(first!)
        expect(rates).toEqual(plain.rates.map(() => first))
        expect(bias).toBeGreaterThan(plain.bias)
      },
    ],
    [
      'weight decay makes weights smaller',
      decayed,
      ({ weight }) => expect(weight).toBeLessThan(plain.weight),
    ],
    [
      'decay of everything makes biases smaller too',
      { ...decayed, decayAll: true },
      async ({ weight, bias }) => {
        const weightsOnly = await outcomeOf('weights only', decayed)
        expect(weight).toBeCloseTo(weightsOnly.weight, 6)
        expect(bias).toBeLessThan(weightsOnly.bias)
      },
    ],
    [
      'clipping makes steps smaller',
      { clipNorm: 0.01 },
      ({ bias }) => expect(bias).toBeLessThan(plain.bias / 10),
    ],
    [
      'smoothed labels are never quite learnt',
      { labelSmoothing: 0.1, epochs: 10 },
      ({ trainLoss }) => expect(trainLoss).toBeGreaterThan(learnt.trainLoss),
    ],
    ...(['weights', 'sampling'] as const).map(
      (balance): [string, RunRequest, (own: Outcome) => unknown] => [
        `balance by ${balance} makes the rare class likelier`,
        { balance, epochs: 10 },
        ({ rareScore }) => expect(rareScore).toBeGreaterThan(learnt.rareScore),
      ],
    ),
    [
      'mixed pictures are never quite learnt',
      { mix: 'mixup', epochs: 10 },
      ({ trainLoss }) => expect(trainLoss).toBeGreaterThan(learnt.trainLoss),
    ],
    [
      'an average follows the same training from behind',
      { averaging: 0.9 },
      ({ stepLosses, bias }) => {
        expect(stepLosses).toEqual(plain.stepLosses)
        expect(bias).toBeLessThan(0.95 * plain.bias)
      },
    ],
    [
      'flips change how the same weights are judged',
      { testTimeFlips: true },
      ({ stepLosses, weight, bias, valLoss }) => {
        expect([stepLosses, weight, bias]).toEqual([plain.stepLosses, plain.weight, plain.bias])
        expect(Math.abs(valLoss - plain.valLoss)).toBeGreaterThan(1e-3)
      },
    ],
  ]

  it.each(knobs)('%s', async (name, request, check) => {
    const own = await outcomeOf(name, request)
    await check(own)
    expect(told.get(own.told), 'nothing else measures the same').toBeUndefined()
    told.set(own.told, name)
  })
})
