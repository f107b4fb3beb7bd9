import { expect, it } from 'vitest'
import { accuracyInterval } from '../../../shared/statistics/interval'

// scipy.stats.binomtest(right, photos).proportion_ci(method='wilson'), scipy 1.16
it.each([
  [45, 49, 0.8081087240342871, 0.9677971823322363],
  [0, 20, 0, 0.16112515805281935],
  [20, 20, 0.8388748419471808, 1],
  [300, 1000, 0.27240684247700486, 0.32912386091721724],
])('%s of %s', (right, photos, low, high) => {
  const interval = accuracyInterval(right, photos)
  expect(interval.low).toBeCloseTo(low, 12)
  expect(interval.high).toBeCloseTo(high, 12)
})

it('knows nothing of no photos', () => {
  expect(accuracyInterval(0, 0)).toEqual({ low: 0, high: 1 })
})
