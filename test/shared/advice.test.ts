// What the adviser recommends holds for any runs: nothing beats it, and nothing as good is cheaper.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advise, standardError, type AdvisedRun } from '../../shared/advice'

const run = (
  runId: string,
  bestValAccuracy: number | null,
  [seconds, megabytes]: readonly [number, number],
  valPhotos = 400,
): AdvisedRun => ({ runId, bestValAccuracy, valPhotos, seconds, modelBytes: megabytes * 1e6 })

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
    expect(standardError(run('a', 0.9, [1, 1], 100))).toBeCloseTo(0.0304, 4)
    expect(standardError(run('a', 1, [1, 1], 20))).toBeGreaterThan(0.03)
    expect(standardError(run('a', 0.5, [1, 1], 0))).toBe(0.5)
  })

  const anyRun = fc.record({
    bestValAccuracy: fc.option(fc.integer({ min: 0, max: 50 }).map((right) => right / 50)),
    valPhotos: fc.constant(50),
    seconds: fc.integer({ min: 0, max: 6 }).map((power) => 2 ** power),
    modelBytes: fc.integer({ min: 0, max: 6 }).map((power) => 1e6 * 2 ** power),
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
