// What the adviser recommends holds for any runs: nothing beats it, and nothing as good is cheaper.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advise, standardError, type AdvisedRun } from '../../shared/advice'
import type { Figure } from '../../shared/figure'

const run = (
  runId: string,
  bestValAccuracy: number | null,
  [seconds, megabytes]: readonly [number, number],
  valPhotos = 400,
): AdvisedRun => ({
  ...{ runId, bestValAccuracy, valPhotos, seconds, modelBytes: megabytes * 1e6 },
  ...{ figure: null, secondsUncached: null },
})
const figure = (accuracy: number, photos: number): Figure => ({
  ...{ kind: 'crossFitted', accuracy, balancedAccuracy: accuracy, low: 0, high: 1, photos },
})

describe('advise', () => {
  it('takes the cheap one where the dear ones are better by no more than chance', () => {
    const depths = [
      run('18', 0.93, [60, 45]),
      run('34', 0.935, [110, 85]),
      run('50', 0.94, [200, 98]),
    ]
    expect(advise(depths)).toMatchObject({
      recommended: '18',
      reason: 'withinNoise',
      front: ['50', '34', '18'],
    })
  })

  it('takes the dear one where it is better by more', () => {
    const depths = [run('18', 0.85, [60, 45]), run('50', 0.94, [200, 98])]
    expect(advise(depths)).toMatchObject({ recommended: '50', reason: 'bestAndCheapest' })
  })

  it('leaves out of the front what another beats', () => {
    const { front, recommended, reason } = advise([
      run('slow', 0.9, [200, 45]),
      run('fast', 0.9, [100, 45]),
      run('bad', 0.5, [100, 45]),
    ])
    expect({ front, recommended, reason }).toEqual({
      front: ['fast'],
      recommended: 'fast',
      reason: 'bestAndCheapest',
    })
  })

  it('has nothing to choose from one run, and nothing to say of none', () => {
    expect(advise([run('a', 0.9, [1, 1]), run('b', null, [1, 1])])).toMatchObject({
      recommended: 'a',
      reason: 'onlyOne',
    })
    expect(advise([run('b', null, [1, 1])])).toMatchObject({ recommended: null, front: [] })
  })

  it('knows how sure a share is', () => {
    // 90 of 100: the binomial's is 0.03; all of 20 right is not certain.
    expect(standardError(0.9, 100)).toBeCloseTo(0.0304, 4)
    expect(standardError(1, 20)).toBeGreaterThan(0.03)
    expect(standardError(0.5, 0)).toBe(0.5)
  })

  it('goes by the figure that did not choose the epoch, where there is one', () => {
    const lucky = { ...run('lucky', 0.96, [200, 98]), figure: figure(0.88, 400) }
    const plain = { ...run('plain', 0.93, [60, 45]), figure: figure(0.92, 400) }
    expect(advise([lucky, plain])).toMatchObject({
      ...{
        recommended: 'plain',
        reason: 'bestAndCheapest',
        accuracy: { lucky: 0.88, plain: 0.92 },
      },
    })
  })

  it('sees on the same photos what two accuracies by themselves do not show', () => {
    const depths = [run('18', 0.87, [60, 45], 100), run('50', 0.9, [200, 98], 100)]
    const pair = (onlyFirst: number, onlySecond: number) => ({
      ...{ first: '18', second: '50', photos: 100, onlyFirst, onlySecond, p: 1 },
    })
    expect(advise(depths).recommended).toBe('18')
    expect(advise(depths, [pair(0, 3)]).recommended).toBe('50')
    expect(advise(depths, [pair(9, 12)]).recommended).toBe('18')
    expect(advise(depths, [pair(0, 0)]).recommended).toBe('18')
    // Without photos in common, by themselves.
    expect(advise(depths, [{ ...pair(0, 3), photos: 0 }]).recommended).toBe('18')
  })

  it('costs the same whichever run had filled the cache for the other', () => {
    // Each takes 100 s with its features; whichever came second found them.
    const runs = (first: number, second: number) => [
      { ...run('first', 0.9, [first, 45]), secondsUncached: 100 },
      { ...run('second', 0.9, [second, 45]), secondsUncached: 90 },
    ]
    const { recommended, seconds } = advise(runs(20, 90))
    expect(recommended).toBe('second')
    expect(advise(runs(100, 10)).recommended).toBe('second')
    expect(seconds).toEqual({ first: 100, second: 90 })
    const [old, known] = runs(20, 90)
    expect(advise([{ ...old!, secondsUncached: null }, known!])).toMatchObject({
      ...{ recommended: 'first', seconds: { first: 20, second: 90 } },
    })
  })

  const anyRun = fc.record({
    bestValAccuracy: fc.option(fc.integer({ min: 0, max: 50 }).map((right) => right / 50)),
    valPhotos: fc.constant(50),
    seconds: fc.integer({ min: 0, max: 6 }).map((power) => 2 ** power),
    modelBytes: fc.integer({ min: 0, max: 6 }).map((power) => 1e6 * 2 ** power),
    figure: fc.constant(null),
    secondsUncached: fc.constant(null),
  })
  const anyRuns = fc
    .array(anyRun, { maxLength: 8 })
    .map((list): AdvisedRun[] => list.map((each, i) => ({ ...each, runId: `run-${i}` })))

  it('recommends of the front, within one standard error of the best, whatever the order', () => {
    fc.assert(
      fc.property(anyRuns, fc.nat(), (runs, turn) => {
        const { recommended, front, uncertainty } = advise(runs)
        const judged = runs.filter(({ bestValAccuracy }) => bestValAccuracy !== null)
        if (judged.length === 0) return recommended === null
        expect(front).toContain(recommended)
        const accuracyOf = (id: string | null) =>
          judged.find(({ runId }) => runId === id)!.bestValAccuracy!
        const best = judged.reduce((a, b) => (b.bestValAccuracy! > a.bestValAccuracy! ? b : a))
        expect(accuracyOf(recommended)).toBeGreaterThanOrEqual(
          best.bestValAccuracy! - uncertainty[best.runId]!,
        )
        const at = runs.length ? turn % runs.length : 0
        return advise([...runs.slice(at), ...runs.slice(0, at)]).recommended === recommended
      }),
    )
  })

  it('has on the front exactly what no other beats', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const judged = runs.filter(({ bestValAccuracy }) => bestValAccuracy !== null)
        const costs = (each: AdvisedRun) => [-each.bestValAccuracy!, each.seconds, each.modelBytes]
        const beaten = judged.filter((one) =>
          judged.some((other) => {
            const gains = costs(other).map((cost, i) => cost - costs(one)[i]!)
            return Math.max(...gains) <= 0 && Math.min(...gains) < 0
          }),
        )
        const front = judged.filter((each) => !beaten.includes(each))
        expect([...advise(runs).front].sort()).toEqual(front.map(({ runId }) => runId).sort())
      }),
    )
  })
})
