import { expect, it } from 'vitest'
import { exactMcNemar, pairedDifference } from '../../../shared/statistics/pairedDifference'

// scipy.stats.binomtest(min, sum, 0.5).pvalue, scipy 1.16
it.each([
  [3, 9, 0.14599609375],
  [0, 5, 0.0625],
  [10, 10, 1],
  [700, 800, 0.010559255466711506],
  [1, 0, 1],
  [0, 0, 1],
])('%s against %s', (first, second, p) => {
  expect(exactMcNemar(first, second)).toBeCloseTo(p, 11)
  expect(exactMcNemar(second, first)).toBeCloseTo(p, 11)
})

it('counts the photos that only one of two got right', () => {
  const first = [true, true, false, true, false]
  const second = [true, false, true, false, false]
  expect(pairedDifference(first, second)).toMatchObject({
    photos: 5,
    onlyFirst: 2,
    onlySecond: 1,
    p: 1,
  })
})
