// What is said of many splits: means, paired differences, whether the foretold interval was right.
import { describe, expect, it } from 'vitest'
import { judge } from '../../../bench/quality/judged'
import { foretold, meanOf, pairedDifference } from '../../../bench/quality/paired'
import { accuracyInterval } from '../../../shared/statistics/interval'

describe('means over splits', () => {
  it('have a standard error', () => {
    const { mean, error, count } = meanOf([1, 2, 3, 4])
    expect([mean, count]).toEqual([2.5, 4])
    // Standard deviation 1.290994 over the root of 4.
    expect(error).toBeCloseTo(0.645497, 6)
  })

  it('know no error of one split', () => {
    expect(meanOf([3])).toEqual({ mean: 3, error: NaN, count: 1 })
  })

  it('are paired: a difference that is the same in every split has no error', () => {
    const first = new Map([0.5, 0.7, 0.9].map((value, split) => [split, value + 0.1]))
    const second = new Map([0.5, 0.7, 0.9].map((value, split) => [split, value]))
    const difference = pairedDifference(first, second)!
    expect(difference.mean).toBeCloseTo(0.1)
    expect(difference.error).toBeCloseTo(0)
  })

  it('count only splits that both have', () => {
    const first = new Map([
      [1, 0.8],
      [2, 0.1],
    ])
    expect(pairedDifference(first, new Map([[1, 0.7]]))?.count).toBe(1)
    expect(pairedDifference(first, new Map([[3, 0.7]]))).toBeNull()
  })
})

describe('a foretold figure', () => {
  const figure = (accuracy: number, photos: number) => ({
    accuracy,
    ...accuracyInterval(accuracy * photos, photos),
  })

  it('is right where its interval holds the accuracy', () => {
    const told = foretold(figure(0.9, 300), { accuracy: 0.91, photos: 120 })
    expect(told).toEqual({ holds: true, agrees: true })
  })

  it('is allowed what few held-back photos may be off by chance, to either side', () => {
    // The interval of 270 of 300 is 0.861 to 0.929.
    expect(foretold(figure(0.9, 300), { accuracy: 0.84, photos: 50 })).toEqual({
      holds: false,
      agrees: true,
    })
    expect(foretold(figure(0.9, 300), { accuracy: 0.96, photos: 50 })).toEqual({
      holds: false,
      agrees: true,
    })
  })

  it('is wrong beyond that', () => {
    expect(foretold(figure(0.9, 300), { accuracy: 0.75, photos: 120 }).agrees).toBe(false)
    expect(foretold(figure(0.7, 300), { accuracy: 0.9, photos: 120 }).agrees).toBe(false)
  })

  it('is right nearly always where it is honest: the interval of a difference covers 95 %', () => {
    // All outcomes of 200 and 100 photos at a true accuracy of 0.85, weighed by their chance.
    const binomial = (n: number, p: number) => {
      let log = n * Math.log(1 - p)
      return Array.from({ length: n + 1 }, (_, k) => {
        const chance = Math.exp(log)
        log += Math.log((n - k) / (k + 1)) + Math.log(p / (1 - p))
        return chance
      })
    }
    const [own, other] = [binomial(200, 0.85), binomial(100, 0.85)]
    let covered = 0
    own.forEach((chance, right) => {
      other.forEach((otherChance, otherRight) => {
        const told = figure(right / 200, 200)
        if (foretold(told, { accuracy: otherRight / 100, photos: 100 }).agrees)
          covered += chance * otherChance
      })
    })
    expect(covered).toBeGreaterThan(0.93)
    expect(covered).toBeLessThan(0.97)
  })
})

describe('answers', () => {
  it('are judged by their probabilities', () => {
    const judged = judge(
      [
        [0.8, 0.2],
        [0.4, 0.6],
        [0.9, 0.1],
        [0.7, 0.3],
      ],
      [0, 1, 1, 0],
    )
    expect(judged.accuracy).toBe(0.75)
    expect(judged.balancedAccuracy).toBe(0.75)
    const loss = -(Math.log(0.8) + Math.log(0.6) + Math.log(0.1) + Math.log(0.7)) / 4
    expect(judged.logLoss).toBeCloseTo(loss, 5)
    // Every answer is in a bin of its own: |0.8 - 1|, |0.6 - 1|, |0.9 - 0|, |0.7 - 1|.
    expect(judged.ece).toBeCloseTo((0.2 + 0.4 + 0.9 + 0.3) / 4, 5)
  })

  it('may be certain and wrong, at a finite loss', () => {
    expect(judge([[1, 0]], [1]).logLoss).toBeCloseTo(-Math.log(1e-7), 1)
  })

  it('must be as many as there are photos', () => {
    expect(() => judge([[1, 0]], [1, 0])).toThrow(RangeError)
  })
})
