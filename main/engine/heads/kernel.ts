// How alike two pictures are, from 0 to 1: a Gaussian (RBF) kernel on standardised features, whose width
// is the typical distance of pictures (the median heuristic; Garreau, Jitkrittum & Kanagawa, 2017).
import { seededRandom } from '../../../shared/random'
import type { Matrix } from './logisticHead'

const sampled = 64

/** exp(-d2 / width) of the squared distance; use the same `width` for all comparisons. */
export function gaussianKernel(matrix: Matrix, width: number) {
  return (a: number, b: number) => Math.exp(-squaredDistance(matrix, a, b) / width)
}

/** The median squared distance of pairs among `rows`, of a sample of them; above 0. */
export function usualDistance(matrix: Matrix, rows: readonly number[]): number {
  const some = seededRandom('pairs', rows.length).shuffled(rows).slice(0, sampled)
  const distances = some.flatMap((a, i) =>
    some.slice(0, i).map((b) => squaredDistance(matrix, a, b)),
  )
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] || 1
}

function squaredDistance({ data, values }: Matrix, a: number, b: number) {
  let sum = 0
  for (let i = a * values, j = b * values, end = i + values; i < end; i++, j++) {
    const apart = data[i]! - data[j]!
    sum += apart * apart
  }
  return sum
}
