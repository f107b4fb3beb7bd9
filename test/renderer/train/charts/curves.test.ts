// The curves are what the run reported: by step, epoch or time, validation at the end of its epoch.
import { describe, expect, it } from 'vitest'
import { curvesOf, curvesToCsv, pointsIn, valueAt } from '../../../../renderer/train/charts/curves'
import { smoothed } from '../../../../renderer/train/charts/smoothing'
import { RunHistory } from '../../../../shared/runHistory'
import { epoch, numbered, started, stateOf, step } from '../events'

const news = [
  started(),
  step(1, 0.5),
  step(2, 1),
  epoch(1),
  { type: 'leg', leg: 1, trains: ['layer4', 'head'] } as const,
  step(3, 1.5),
  step(4, 2),
  epoch(2),
].map((each) => (each.type === 'leg' ? { ...each, trains: [...each.trains] } : each))
const state = stateOf(news)
const plain = { smoothing: 0, behind: [] }
const values = (points: ArrayLike<number> | undefined) => Array.from(points ?? [])

describe('curvesOf', () => {
  it('puts validation at the last step of its epoch', () => {
    const { loss, bestX, whole } = curvesOf(state, { by: 'step', ...plain })
    const [training, validation] = loss
    expect([training?.role, values(training?.x)]).toEqual(['training', [1, 2, 3, 4]])
    expect([validation?.role, values(validation?.x), values(validation?.y)]).toEqual([
      'validation',
      [2, 4],
      [0.8, 0.4],
    ])
    expect([bestX, whole]).toEqual([4, { min: 1, max: 4 }])
  })
  it('counts epochs, with the mean that was reported for each', () => {
    const { loss, rate } = curvesOf(state, { by: 'epoch', ...plain })
    expect([values(loss[0]?.x), values(loss[0]?.y)]).toEqual([
      [1, 2],
      [1, 0.5],
    ])
    expect(values(rate[0]?.x)).toEqual([0.5, 1, 1.5, 2])
  })
  it('counts seconds', () => {
    const { loss } = curvesOf(state, { by: 'time', ...plain })
    expect(values(loss[0]?.x)).toEqual([0.5, 1, 2.5, 3])
    expect(values(loss[1]?.x)).toEqual([1.5, 3.5])
  })
  it('marks where other stages begin to train, but not where the run begins', () => {
    const leg = { type: 'leg', leg: 0, trains: ['head'] } as const
    const twice = stateOf([started(), { ...leg, trains: ['head'] }, ...news.slice(1)])
    expect(curvesOf(twice, { by: 'step', ...plain }).legs).toEqual([
      { x: 2, trains: ['layer4', 'head'] },
    ])
  })
  it('puts other runs behind: grey ones in loss and accuracy only, compared ones in all', () => {
    const behind = [{ state, name: 'Other', mark: null }]
    const grey = curvesOf(state, { by: 'step', smoothing: 0, behind })
    expect(grey.accuracy.map(({ role }) => role)).toEqual(['earlier', 'training', 'validation'])
    expect(grey.rate.map(({ role }) => role)).toEqual(['rate'])
    const compared = curvesOf(state, {
      by: 'step',
      smoothing: 0,
      behind: [{ ...behind[0]!, mark: 1 }],
    })
    expect(compared.rate.map(({ role, name, mark }) => [role, name, mark])).toEqual([
      ['other', 'Other', 1],
      ['rate', null, 0],
    ])
    expect(pointsIn(compared.loss)).toBe(6)
  })
  it('keeps what was smoothed behind, and counts it once', () => {
    const { loss } = curvesOf(state, { by: 'step', smoothing: 0.5, behind: [] })
    expect(loss.map(({ role, faint }) => [role, faint])).toEqual([
      ['training', true],
      ['training', false],
      ['validation', false],
    ])
    expect(values(loss[1]?.y)).toEqual(values(smoothed([1, 1 / 2, 1 / 3, 1 / 4], 0.5)))
    expect(pointsIn(loss)).toBe(6)
  })
  it('writes one row an x, empty where a curve has no value', () => {
    const { loss } = curvesOf(state, { by: 'step', ...plain })
    const csv = curvesToCsv(
      loss.map((curve) => ({ name: curve.role === 'training' ? 'a, "b"' : curve.role, curve })),
      'step',
    )
    expect(csv.split('\n').slice(0, 3)).toEqual(['step,"a, ""b""",validation', '1,1,', '2,0.5,0.8'])
  })
  it('reads the newest value at a place', () => {
    const points = { x: [2, 4], y: [0.8, 0.4] }
    expect([1, 2, 3.9, 4, Infinity].map((x) => valueAt(points, x))).toEqual([
      null,
      0.8,
      0.8,
      0.4,
      0.4,
    ])
  })
})

describe('columns', () => {
  it('grow with the run, also beyond their first size, and smoothed ones too', () => {
    const history = new RunHistory()
    const events = numbered([
      started(),
      ...Array.from({ length: 300 }, (_, i) => step(i + 1, i / 10)),
    ])
    for (let at = 0; at < events.length; at += 7) {
      history.add(events.slice(at, at + 7))
      curvesOf(history.state, { by: 'time', smoothing: 0.7, behind: [] })
    }
    const whole = stateOf([
      started(),
      ...Array.from({ length: 300 }, (_, i) => step(i + 1, i / 10)),
    ])
    expect(history.state.steps).toEqual(whole.steps)
    const options = { by: 'time', smoothing: 0.7, behind: [] } as const
    expect(curvesOf(history.state, options)).toEqual(curvesOf(whole, options))
  })
})

describe('smoothed', () => {
  it('leaves a level line level from its first value on', () => {
    for (const value of smoothed([2, 2, 2], 0.9)) expect(value).toBeCloseTo(2)
  })
  it('goes on after a value that is no number', () => {
    expect(values(smoothed([1, NaN, 1], 0.5))).toEqual([1, NaN, 1])
  })
})
