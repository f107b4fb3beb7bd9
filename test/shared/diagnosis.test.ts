// What is said of drawn curves: each trouble is noticed, and a good run, however noisy, hears nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../shared/diagnosis'
import { RunConfig } from '../../shared/runConfig'
import { RunEvent, type RunNews } from '../../shared/runEvents'
import { reduceRun, type RunState } from '../../shared/runState'
import { seededRandom } from '../../shared/random'
import { planOf } from './plan'

interface Drawn {
  readonly epochs: number
  readonly train: (epoch: number) => number
  readonly val: (epoch: number) => number
  readonly classes?: readonly string[]
  readonly predicted?: (epoch: number) => number[]
  /** Events after the epochs. */
  readonly end?: readonly RunNews[]
  /** Events before an epoch. */
  readonly before?: Readonly<Record<number, RunNews>>
}
const finished: RunNews = {
  type: 'finished',
  bestEpoch: 1,
  bestValAccuracy: 0.9,
  secondsTotal: 1,
  secondsFeatures: 0,
  imagesPerSecond: 1,
  peakMemoryBytes: 1,
}
const ten = Array.from({ length: 10 }, (_, at) => `class ${at}`)

function draw(what: Drawn): RunState {
  const news: RunNews[] = [
    {
      type: 'started',
      config: RunConfig.parse({ epochs: what.epochs }),
      plan: planOf({ epochs: what.epochs }),
      classes: [...(what.classes ?? ten)],
    },
  ]
  for (let epoch = 1; epoch <= what.epochs; epoch++) {
    if (what.before?.[epoch]) news.push(what.before[epoch])
    const loss = what.train(epoch)
    news.push(
      {
        type: 'step',
        step: epoch,
        epoch,
        loss,
        accuracy: 0.5,
        learningRate: 0.02 * (1 - epoch / (what.epochs + 1)),
        imagesPerSecond: 1,
      },
      {
        type: 'epoch',
        epoch,
        trainLoss: loss,
        trainAccuracy: 0.5,
        valLoss: what.val(epoch),
        valAccuracy: 0.5,
        seconds: 1,
        best: false,
        predicted: what.predicted?.(epoch) ?? ten.map(() => 5),
      },
    )
  }
  news.push(...(what.end ?? [finished]))
  return reduceRun(
    // NaN is no number to the schema; a run that broke down says so by itself.
    news.map((each, sequence) => ({
      ...(each.type === 'failed'
        ? each
        : RunEvent.parse({ ...each, runId: 'r', sequence, time: 0 })),
      runId: 'r',
      sequence,
      time: 0,
    })) as RunEvent[],
  )
}
const codes = (what: Drawn) => diagnose(draw(what)).map(({ code }) => code)

const normal = (seed: number) => seededRandom(seed).normal
/** Learns quickly at first and settles well before the end. */
const settles = (end: number) => (epoch: number) => end + 2.2 * Math.exp(-epoch / 2.5)

describe('a good run', () => {
  test('hears nothing', () => {
    expect(codes({ epochs: 25, train: settles(0.1), val: settles(0.3) })).toEqual([])
  })

  test('hears nothing, however noisy', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 20, max: 80 }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        fc.double({ min: 0.02, max: 0.5, noNaN: true }),
        (seed, epochs, spread, level) => {
          const noise = normal(seed)
          const noisy = (curve: (epoch: number) => number) => (epoch: number) =>
            Math.max(0.001, curve(epoch) + spread * noise())
          const found = codes({
            epochs,
            train: noisy(settles(level / 2)),
            val: noisy(settles(level)),
          })
          expect(found).toEqual([])
        },
      ),
      { numRuns: 1500, seed: 8 },
    )
  })

  test('of two epochs is not judged', () => {
    expect(codes({ epochs: 2, train: () => 2.3, val: (epoch) => epoch })).toEqual([])
  })
})

describe('overfitting', () => {
  const val = (epoch: number) => 0.5 + 0.05 * Math.abs(epoch - 8)
  test('is noticed with the last good epoch', () => {
    expect(diagnose(draw({ epochs: 20, train: settles(0.01), val }))).toEqual([
      { code: 'overfitting', epoch: 8 },
    ])
  })
  test('is noticed through noise', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
        const noise = normal(seed)
        const found = codes({
          epochs: 25,
          train: settles(0.01),
          val: (epoch) => val(epoch) + 0.02 * noise(),
        })
        expect(found).toEqual(['overfitting'])
      }),
      { numRuns: 500, seed: 7 },
    )
  })
  test('is not said while training gets worse too', () => {
    expect(codes({ epochs: 12, train: (e) => 0.5 + 0.02 * e, val })).not.toContain('overfitting')
  })
  test('is not said of one bad epoch', () => {
    const once = (epoch: number) => settles(0.3)(epoch) + (epoch === 20 ? 0.5 : 0)
    expect(codes({ epochs: 25, train: settles(0.1), val: once })).toEqual([])
  })
})

describe('a learning rate', () => {
  const swings = (epoch: number) => (epoch % 2 ? 1 : 2.6)
  test('too high: the loss swings', () => {
    const [finding] = diagnose(draw({ epochs: 10, train: swings, val: swings }))
    expect(finding).toMatchObject({ code: 'rateTooHigh', epoch: 2 })
    expect(finding).toHaveProperty('rate', expect.closeTo(0.002 * (10 / 11)))
  })
  test('too high: the loss ends worse than guessing', () => {
    const grows = (epoch: number) => 2.3 * epoch
    expect(codes({ epochs: 6, train: grows, val: grows })).toEqual(['rateTooHigh'])
  })
  test('is not blamed for the jump with which a part of the run begins', () => {
    const jumps = (epoch: number) => [2, 1.2, 2, 1, 1.9, 0.7, 0.5, 0.4][epoch - 1]!
    const leg = (number: number): RunNews => ({ type: 'leg', leg: number, trains: ['head'] })
    const what = { epochs: 8, train: jumps, val: () => 0.4 }
    expect(codes(what)).toEqual(['rateTooHigh'])
    expect(codes({ ...what, before: { 3: leg(1), 5: leg(2) } })).toEqual([])
  })
  test('too low: the loss hardly falls', () => {
    const flat = (epoch: number) => 2.35 - 0.003 * epoch
    expect(codes({ epochs: 25, train: flat, val: flat })).toEqual(['rateTooLow'])
  })
  test('is not called too low while it has hardly begun', () => {
    const end: RunNews[] = []
    const state = draw({ epochs: 25, train: () => 2.3, val: () => 2.3, end })
    const young = { ...state, epochs: state.epochs.slice(0, 4) }
    expect(diagnose(young)).toEqual([])
  })
})

describe('a loss that broke down', () => {
  test('gives a proposal', () => {
    const failed: RunNews = {
      type: 'failed',
      code: 'run-diverged',
      message: '',
      hint: '',
      details: { loss: 'NaN', epoch: 3 },
    }
    expect(diagnose(draw({ epochs: 2, train: () => 5, val: () => 5, end: [failed] }))).toEqual([
      { code: 'diverged', epoch: 3, rate: expect.closeTo(0.002 * (2 / 3)) },
    ])
  })
})

describe('a class nobody predicts', () => {
  const base = { epochs: 20, train: settles(0.1), val: settles(0.3), classes: ['a', 'b'] }
  const state = draw({ ...base, predicted: () => [7, 0] })
  test('is named', () => {
    expect(diagnose(state)).toEqual([{ code: 'neverPredicted', name: 'b', epoch: 20 }])
  })
  test('is not, when there is no photo of it to be judged by', () => {
    expect(diagnose(state, new Map([['b', 0]]))).toEqual([])
  })
  test('is not, when it was predicted in the last epochs', () => {
    expect(codes({ ...base, predicted: (epoch) => [7, epoch === 18 ? 1 : 0] })).toEqual([])
  })
})

describe('learning that is not finished', () => {
  const slow = (epoch: number) => 0.2 + 2 * Math.exp(-epoch / 12)
  test('is said once the run has ended, with epochs to try', () => {
    expect(diagnose(draw({ epochs: 15, train: slow, val: slow }))).toEqual([
      { code: 'unfinished', epochs: 30 },
    ])
  })
  test('is not said while it goes on, nor after it ended early', () => {
    expect(codes({ epochs: 15, train: slow, val: slow, end: [] })).toEqual([])
    expect(
      codes({ epochs: 15, train: slow, val: slow, end: [{ ...finished, early: true }] }),
    ).toEqual([])
  })
})
