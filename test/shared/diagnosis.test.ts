// What is said of drawn curves: each trouble is noticed, and a good run, however noisy, hears nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../shared/diagnosis'
import { RunConfig } from '../../shared/runConfig'
import { RunEvent, type RunNews } from '../../shared/runEvents'
import { reduceRun, type RunState } from '../../shared/runState'
import { seededRandom } from '../../shared/random'
import type { Stage } from '../../shared/network'
import { encodeJudgement } from '../../shared/statistics/judgementCode'
import { planOf } from './plan'

interface Drawn {
  readonly epochs: number
  readonly train: (epoch: number) => number
  readonly val: (epoch: number) => number
  readonly classes?: readonly string[]
  readonly predicted?: (epoch: number) => number[]
  /** Whether each validation photo was right. */
  readonly right?: (epoch: number) => readonly boolean[]
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
    const right = what.right?.(epoch) ?? []
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
        valAccuracy: right.length ? right.filter(Boolean).length / right.length : 0.5,
        judged: encodeJudgement({ right, loss: right.map(() => 1) }),
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

describe('a part of the run that made it worse', () => {
  const leg = (number: number, trains: Stage[]): RunNews => ({ type: 'leg', leg: number, trains })
  const before = { 1: leg(1, ['head']), 11: leg(2, ['layer4', 'head']) }
  const base = { epochs: 20, train: settles(0.1), val: settles(0.3), before }
  /** Of 60 photos; each is judged a little differently in each epoch. */
  const judged = (seed: number, shares: readonly [number, number]) => {
    const random = seededRandom('judged', seed)
    const ease = Array.from({ length: 60 }, () => random.next())
    return (epoch: number) =>
      ease.map((each) => each + 0.05 * (random.next() - 0.5) < shares[epoch > 10 ? 1 : 0])
  }

  test('is told with its first epoch and with what began to train', () => {
    expect(diagnose(draw({ ...base, right: judged(1, [0.9, 0.7]) }))).toEqual([
      { code: 'legMadeWorse', leg: 2, epoch: 11, stages: ['layer4'] },
    ])
  })
  test('explains the rising validation loss', () => {
    const val = (epoch: number) => 0.5 + 0.05 * Math.abs(epoch - 10)
    expect(codes({ ...base, val, right: judged(1, [0.9, 0.7]) })).toEqual(['legMadeWorse'])
    expect(codes({ ...base, val })).toEqual(['overfitting'])
  })
  test('is not blamed where it was better once, or is not over its beginnings', () => {
    const right = judged(1, [0.9, 0.7])
    const once = (epoch: number) => right(epoch).map((each) => each || epoch === 13)
    expect(codes({ ...base, right: once })).toEqual([])
    const state = draw({ ...base, right, end: [] })
    expect(diagnose({ ...state, epochs: state.epochs.slice(0, 12) })).toEqual([])
  })
  test('is hardly ever blamed for what chance does', () => {
    const random = seededRandom('chance')
    const alike = () => Array.from({ length: 60 }, () => random.next() < 0.8)
    // Answers of one leg are alike; between legs nothing but chance.
    const runs = Array.from({ length: 1000 }, () => {
      const legs = [alike(), alike()]
      return codes({ ...base, right: (epoch) => legs[epoch > 10 ? 1 : 0]! })
    })
    const blamed = runs.filter((found) => found.includes('legMadeWorse'))
    expect(blamed.length).toBeLessThan(0.015 * runs.length)
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
