// Features brought to mean 0 and variance 1 a column, so that a penalty and a distance treat all of
// them alike; the head of a run starts from the same statistics (training/standardise.ts).
import { headStatistics } from '../training/standardise'
import type { Matrix } from './logisticHead'

/** A new matrix; the given one is left as it was. */
export function standardised({ data, rows, values }: Matrix): Matrix {
  const [mean, variance] = headStatistics(data, values).map(([, tensor]) => tensor.data) as [
    Float32Array,
    Float32Array,
  ]
  const scale = variance.map((value) => 1 / Math.sqrt(value))
  const out = new Float32Array(data.length)
  for (let row = 0, at = 0; row < rows; row++)
    for (let v = 0; v < values; v++, at++) out[at] = (data[at]! - mean[v]!) * scale[v]!
  return { data: out, rows, values }
}
