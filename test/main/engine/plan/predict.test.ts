// Times that are foretold, and what finished runs teach about them.
import { describe, expect, it } from 'vitest'
import { observationsOf } from '../../../../main/engine/plan/learnFromRun'
import { planRun, type PlanInput } from '../../../../main/engine/plan/plan'
import { fitRate, type Costs } from '../../../../main/engine/plan/predict'
import { RunConfig, type RunRequest } from '../../../../shared/runConfig'
import type { RunEvent, RunNews } from '../../../../shared/runEvents'
import { RunPlan } from '../../../../shared/runPlan'
import { steadyCosts } from './steadyCosts'

const inputOf = (request: RunRequest, costs: Partial<Costs> = {}, photos = 100): PlanInput => ({
  config: RunConfig.parse(request),
  weights: {
    ...{ architecture: 'resnet18', flavour: 'standard', cut: 'layer3', hasHead: false },
    ...{ tensors: new Map(), fingerprint: 'x', size: 128, resize: 128 },
  },
  ...{ classes: 2, trainPhotos: photos, valPhotos: 20, precision: 'float32' },
  costs: { ...steadyCosts, ...costs },
})
const plan = (...given: Parameters<typeof inputOf>) => planRun(inputOf(...given)).plan
const open: RunRequest = { frozen: [] }

describe('a plan', () => {
  it('adds up: each leg before its first epoch, then its epochs', () => {
    const legs = [
      { frozen: ['stem', 'layer1', 'layer2', 'layer3'] as const, epochs: 4 },
      { frozen: ['stem', 'layer1'] as const, epochs: 2 },
    ].map((leg) => ({ ...leg, frozen: [...leg.frozen] }))
    const { legs: parts, secondsTotal } = plan({ legs })
    expect(parts.map(({ epochs }) => epochs)).toEqual([4, 2])
    const sum = parts.reduce(
      (total, leg) => total + leg.secondsBefore! + leg.epochs * leg.secondsPerEpoch!,
      0,
    )
    expect(secondsTotal).toBeCloseTo(sum, 6)
    expect(parts[1]!.secondsPerEpoch).toBeGreaterThan(parts[0]!.secondsPerEpoch!)
  })

  it('counts only the features that are not in the cache', () => {
    const before = (cached: number) => plan({}, { cached: () => cached }).legs[0]!.secondsBefore!
    const each = (before(0) - before(60)) / 60
    expect(before(60) - before(119)).toBeCloseTo(59 * each, 6)
    expect(before(120)).toBeLessThan(before(119))
  })

  it('decoding and computing share the cores, or on a GPU the slower one decides', () => {
    const epoch = (perPhoto: number, decodesBeside: boolean) =>
      plan(open, { perPhoto, speed: { ...steadyCosts.speed, decodesBeside } }).secondsPerEpoch!
    expect(epoch(0.01, false)).toBeCloseTo(epoch(0, false) + 120 * 0.01, 6)
    expect(epoch(1e-6, true)).toBeCloseTo(epoch(0, true), 6)
    expect(epoch(100, true)).toBeGreaterThan(120 * 100)
  })

  it('counts the test photos once, at the end', () => {
    const run = (testPhotos: number) =>
      planRun({ ...inputOf({ epochs: 3 }), testPhotos }).plan.secondsTotal!
    const each = run(2) - run(1)
    // Decoded and computed: a little more than a feature, which ends below the head.
    expect(run(50) - run(1)).toBeCloseTo(49 * each, 6)
    expect(each).toBeGreaterThan(0.01)
    expect(run(1) - run(0)).toBeGreaterThan(each)
  })

  it('a correction multiplies its own kind of work and no other', () => {
    const twice = { correction: (kind: string) => (kind === 'photos/resnet18/stem' ? 2 : 1) }
    expect(plan(open, twice).secondsPerEpoch).toBeCloseTo(2 * plan(open).secondsPerEpoch!, 6)
    expect(plan({}, twice).secondsTotal).toBe(plan({}).secondsTotal)
  })

  it('twice the photos take nearly twice as long', () => {
    const ratio = plan(open, {}, 2000).secondsPerEpoch! / plan(open, {}, 1000).secondsPerEpoch!
    expect(ratio).toBeGreaterThan(1.9)
    expect(ratio).toBeLessThan(2.01)
  })
})

describe('fitRate', () => {
  const work = (multiplyAdds: number, values: number) => ({ multiplyAdds, values, layers: 1 })
  it('finds the two costs that two measurements have', () => {
    const seconds = ([m, v]: readonly [number, number]) => 2 * m + 5 * v
    const measured = ([m, v]: readonly [number, number]) => ({
      work: work(m, v),
      seconds: seconds([m, v]),
    })
    const { perMultiplyAdd, perValue } = fitRate([measured([10, 9]), measured([40, 3])], 0)
    expect(perMultiplyAdd).toBeCloseTo(2, 9)
    expect(perValue).toBeCloseTo(5, 9)
  })
  it('has no cost below zero, whatever disturbed a measurement', () => {
    const odd = fitRate(
      [
        { work: work(10, 9), seconds: 1 },
        { work: work(40, 3), seconds: 20 },
      ],
      0,
    )
    expect(odd.perValue).toBe(0)
    expect(odd.perMultiplyAdd).toBeCloseTo(21 / 50, 9)
  })
})

describe('a finished run', () => {
  const legs = [
    {
      ...{ trains: ['head'], cachedAfter: 'layer3' },
      epochs: 5,
      secondsPerEpoch: 1,
      ...{ secondsBefore: 10, secondsFeatures: 8 },
    },
    {
      ...{ trains: ['layer3', 'head'], cachedAfter: null },
      epochs: 3,
      secondsPerEpoch: 4,
      secondsBefore: 2,
    },
  ]
  const planned = RunPlan.parse({ ...plan({}), legs })
  let [time, sequence] = [0, 0]
  const at = (seconds: number, news: RunNews) =>
    ({ ...news, runId: 'r', sequence: sequence++, time: (time += seconds * 1000) }) as RunEvent
  const leg = (number: number) => at(0, { type: 'leg', leg: number, trains: ['head'] })
  const phase = (of: 'features' | 'training', done: number): RunNews => ({
    ...{ type: 'phase', phase: of, done, total: 8, imagesPerSecond: null },
  })
  const epochs = (list: readonly number[]) =>
    list.map((seconds, i) =>
      at(seconds, {
        ...{ type: 'epoch', epoch: i + 1, seconds, best: false },
        ...{ trainLoss: 1, trainAccuracy: 1, valLoss: 1, valAccuracy: 1 },
      }),
    )

  it('tells by how much each kind of work was off; a leg may have ended early', () => {
    const first = [
      leg(1),
      at(3, phase('features', 0)),
      at(10, phase('features', 8)),
      at(1, phase('training', 0)),
    ]
    const events = [...first, ...epochs([2, 2, 9]), leg(2), ...epochs([3, 3, 3])]
    expect(observationsOf(planned, events)).toEqual([
      { kind: 'head/resnet18/head', ratio: 2 },
      { kind: 'features/resnet18/head', ratio: 1.25 },
      { kind: 'opening/resnet18/head', ratio: 2 },
      { kind: 'photos/resnet18/layer3', ratio: 0.75 },
    ])
  })

  it('of a solved head tells of its features and of solving', () => {
    const solved = RunPlan.parse({ ...plan({}), legs: [{ ...legs[0]!, epochs: 1 }] })
    const events = [
      leg(1),
      at(1, phase('features', 0)),
      at(4, phase('features', 8)),
      at(1, phase('training', 0)),
      at(3, { type: 'learningCurve', points: [], more: null }),
    ]
    expect(observationsOf(solved, events)).toEqual([
      { kind: 'solving/resnet18/head', ratio: 3 },
      { kind: 'features/resnet18/head', ratio: 0.5 },
    ])
    expect(observationsOf(solved, events.slice(0, 3))).toEqual([])
  })

  it('that was paused, or has hardly begun, tells nothing', () => {
    const paused = [leg(1), ...epochs([2, 2, 2]), at(99, { type: 'paused' }), ...epochs([2])]
    expect(observationsOf(planned, paused)).toEqual([])
    expect(observationsOf(planned, [leg(1), ...epochs([2, 2])])).toEqual([])
  })
})
