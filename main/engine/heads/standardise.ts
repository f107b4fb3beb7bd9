// Standardises features to mean 0 and variance 1 in each column, so that a penalty and a distance weigh all
// of them alike. Takes signed square roots first: pooled features have a long tail, which would dominate
// a distance (Perronnin, Sánchez & Mensink, ECCV 2010, section 3.1).
import { columnStatistics } from '../../../shared/statistics/columnStatistics'
import type { Matrix } from './logisticHead'

/** Returns a new matrix; the given one is unchanged. */
export function standardised({ data, rows, values }: Matrix): Matrix {
  const out = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) out[i] = Math.sign(data[i]!) * Math.sqrt(Math.abs(data[i]!))
  const { mean, variance } = columnStatistics(out, values)
  const scale = variance.map((value) => 1 / Math.sqrt(value))
  for (let row = 0, at = 0; row < rows; row++)
    for (let v = 0; v < values; v++, at++) out[at] = (out[at]! - mean[v]!) * scale[v]!
  return { data: out, rows, values }
}
