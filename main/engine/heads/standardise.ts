// Standardises features to mean 0 and variance 1 per column, so that penalties and distances treat all
// columns alike. Square roots come first: averages over a picture's positions are long-tailed, and the
// tail would dominate distances (Perronnin, Sánchez & Mensink, ECCV 2010, section 3.1).
import { headStatistics } from '../features/standardise'
import type { Matrix } from './logisticHead'

/** Returns a new matrix; the given one is unchanged. */
export function standardised({ data, rows, values }: Matrix): Matrix {
  const out = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) out[i] = Math.sign(data[i]!) * Math.sqrt(Math.abs(data[i]!))
  const [mean, variance] = headStatistics(out, values).map(([, tensor]) => tensor.data) as [
    Float32Array,
    Float32Array,
  ]
  const scale = variance.map((value) => 1 / Math.sqrt(value))
  for (let row = 0, at = 0; row < rows; row++)
    for (let v = 0; v < values; v++, at++) out[at] = (out[at]! - mean[v]!) * scale[v]!
  return { data: out, rows, values }
}
