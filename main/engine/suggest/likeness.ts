// How alike pictures are to a network: the cosine between their standardised features.
import { createYielder } from '../files/eventLoop'
import type { Matrix } from '../heads/logisticHead'

/** From -1 to 1. */
export function likeness({ data, values }: Matrix, a: number, b: number): number {
  let [dot, left, right] = [0, 0, 0]
  for (let v = 0, i = a * values, j = b * values; v < values; v++, i++, j++) {
    dot += data[i]! * data[j]!
    left += data[i]! ** 2
    right += data[j]! ** 2
  }
  return left > 0 && right > 0 ? dot / Math.sqrt(left * right) : 0
}

/** The `limit` nearest neighbours of `row` among `rows`, without itself; ties keep their order. */
export async function mostAlike(
  matrix: Matrix,
  { row, rows, limit }: { row: number; rows: readonly number[]; limit: number },
): Promise<{ readonly row: number; readonly likeness: number }[]> {
  const yieldNowAndThen = createYielder()
  const found: { row: number; likeness: number }[] = []
  for (const other of rows) {
    if (other !== row) found.push({ row: other, likeness: likeness(matrix, row, other) })
    if (found.length % 64 === 0) await yieldNowAndThen()
  }
  return found.sort((a, b) => b.likeness - a.likeness).slice(0, limit)
}
