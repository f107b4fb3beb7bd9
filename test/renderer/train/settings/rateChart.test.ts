// @vitest-environment happy-dom
// The finder's axis is marked where uPlot finds room, with powers of ten.
import { expect, test } from 'vitest'
import type uPlot from 'uplot'
import { rateOptions } from '../../../../renderer/train/settings/rateChart'

test.each([
  [
    [null, 0.001, null, 0.1, 10],
    ['', '1e-3', '', '1e-1', '1e+1'],
  ],
  [
    [0.00010000000000000002, null, 0.009999999999999998],
    ['1e-4', '', '1e-2'],
  ],
])('%j', (splits, marks) => {
  const search = { rates: [1e-5, 10], losses: [1, 0], suggested: null }
  const [across] = rateOptions(search, { width: 200, height: 100 }).axes!
  const values = across!.values as (chart: uPlot, splits: readonly (number | null)[]) => string[]
  expect(values({} as uPlot, splits)).toEqual(marks)
})
