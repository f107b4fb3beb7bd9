// The finder's axis is marked at every second power of ten, however uPlot came to it.
import { expect, test } from 'vitest'
import { isMarked } from '../../../renderer/train/rateChart'

test.each([1, 0.01, 0.0001, 0.00010000000000000002, 0.009999999999999998, 1e-6])(
  '%d is marked',
  (value) => expect(isMarked(value)).toBe(true),
)
test.each([0.1, 0.001, 0.02, 0.5, 3])('%d is not', (value) => expect(isMarked(value)).toBe(false))
