// Mean and variance of features.
import { expect, it } from 'vitest'
import { columnStatistics } from '../../../../shared/statistics/columnStatistics'

it('gives mean and variance of each channel; a constant one keeps its scale', () => {
  const { mean, variance } = columnStatistics(Float32Array.of(1, 5, 3, 5, 5, 5), 2)
  expect([...mean]).toEqual([3, 5])
  expect(variance[0]).toBeCloseTo(8 / 3, 5)
  expect(variance[1]).toBe(1)
})
