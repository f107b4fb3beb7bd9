// How long a run still takes: its plan, put right by what was measured.
import { describe, expect, it } from 'vitest'
import { secondsLeft } from '../../../renderer/runs/timeLeft'
import { RunConfig } from '../../../shared/runConfig'
import type { RunEvent, RunNews } from '../../../shared/runEvents'
import { RunPlan } from '../../../shared/runPlan'
import { reduceRun } from '../../../shared/runState'

const leg = (epochs: number, secondsPerEpoch: number, secondsBefore: number) => ({
  ...{ trains: ['head' as const], cachedAfter: 'layer3' as const },
  ...{ epochs, secondsPerEpoch, secondsBefore, secondsFeatures: 0 },
})
const started = (legs: RunPlan['legs'], solver: RunConfig['solver'] = 'gradient'): RunNews => ({
  type: 'started',
  classes: ['a', 'b'],
  config: RunConfig.parse({ epochs: 4, solver }),
  plan: RunPlan.parse({
    ...{ architecture: 'resnet18', cut: null, size: 224, precision: 'float32' },
    ...{ trains: ['head'], frozen: ['stem'], cachedAfter: 'layer3', legs },
    ...{ trainPhotos: 64, valPhotos: 16, trainableParameters: 1, parameters: 2 },
    ...{ secondsTotal: 40, secondsPerEpoch: 10, memoryBytes: 1 },
  }),
})
const begins = (number: number): RunNews => ({ type: 'leg', leg: number, trains: ['head'] })
const phase = (name: 'features' | 'training', done = 0, imagesPerSecond: number | null = null) =>
  ({ type: 'phase', phase: name, done, total: 80, imagesPerSecond }) as const
const epoch = (number: number, seconds: number): RunNews => ({
  ...{ type: 'epoch', epoch: number, seconds, best: true },
  ...{ trainLoss: 1, trainAccuracy: 0.5, valLoss: 1, valAccuracy: 0.5 },
})
const left = (...news: RunNews[]) =>
  secondsLeft(
    reduceRun(
      news.map((each, sequence) => ({ ...each, runId: 'r', sequence, time: 0 }) as RunEvent),
    ),
  )

describe('secondsLeft', () => {
  it('is not known before a run has told its plan', () => {
    expect(left()).toBeNull()
  })

  it('without legs: epochs to come times the mean of those measured, else of the plan', () => {
    expect(left(started([]))).toBe(40)
    expect(left(started([]), epoch(1, 2), epoch(2, 4))).toBe(6)
  })

  const two = started([leg(2, 1, 30), leg(3, 10, 20)])
  it('adds up the legs and what comes before each', () => {
    expect(left(two)).toBe(30 + 2 + 20 + 30)
  })

  it('features that are being computed tell how fast', () => {
    expect(left(two, begins(1), phase('features', 40, 10))).toBe(4 + 2 + 20 + 30)
    expect(left(two, begins(1), phase('features', 80), phase('training'))).toBe(2 + 20 + 30)
  })

  it('legs to come are as much slower than foretold as those measured', () => {
    expect(left(two, begins(1), phase('training'), epoch(1, 2))).toBe(2 + 2 * (20 + 30))
  })

  const first = [begins(1), phase('training'), epoch(1, 2), epoch(2, 2)]
  it('a leg that has begun goes by its own epochs', () => {
    expect(left(two, ...first, begins(2))).toBe(2 * (20 + 30))
    expect(left(two, ...first, begins(2), phase('features', 60, 5))).toBe(4 + 2 * 30)
    expect(left(two, ...first, begins(2), phase('training'), epoch(3, 4))).toBe(8)
    expect(left(two, ...first, begins(2), epoch(3, 4), epoch(4, 4), epoch(5, 4))).toBe(0)
  })

  it('a leg that ended early has nothing left', () => {
    expect(left(two, begins(1), epoch(1, 1), begins(2), epoch(2, 5))).toBe(10)
  })

  it('is not known where the plan does not know and nothing was measured', () => {
    const unknown = started([{ ...leg(2, 1, 1), secondsPerEpoch: null }])
    expect(left(unknown)).toBeNull()
    expect(left(unknown, epoch(1, 3))).toBe(3)
  })
})

describe('a head that is solved', () => {
  const solving = started([], 'exact')
  it('takes what its plan says, less what it has computed', () => {
    expect(left(solving)).toBe(40)
    const late = { type: 'phase', phase: 'training', done: 0, total: 0, imagesPerSecond: null }
    const state = reduceRun(
      [solving, late].map(
        (each, i) => ({ ...each, runId: 'r', sequence: i, time: 15_000 * i }) as RunEvent,
      ),
    )
    expect(secondsLeft(state)).toBe(25)
  })
  it('is told by the speed of its features while they are computed, and never ends before it ends', () => {
    expect(left(solving, phase('features', 20, 30))).toBe(2)
    const state = reduceRun(
      [solving, phase('training')].map(
        (each, i) => ({ ...each, runId: 'r', sequence: i, time: 90_000 * i }) as RunEvent,
      ),
    )
    expect(secondsLeft(state)).toBe(1)
  })
})
