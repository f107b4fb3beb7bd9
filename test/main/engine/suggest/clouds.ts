// Made-up features: clouds of points around a corner for each class.
import { seededRandom } from '../../../../shared/random'
import type { Matrix } from '../../../../main/engine/heads/logisticHead'

export interface Clouds {
  readonly matrix: Matrix
  readonly labels: readonly number[]
  readonly rows: readonly number[]
}

/** `classes` clouds of `each` points, `apart` deviations from the origin, row i of class i % classes. */
export function clouds({ classes = 3, each = 30, values = 8, apart = 3, seed = 1 }): Clouds {
  const random = seededRandom('clouds', seed)
  const count = classes * each
  const data = new Float32Array(count * values)
  const labels = Array.from({ length: count }, (_, row) => row % classes)
  for (let row = 0; row < count; row++)
    for (let v = 0; v < values; v++)
      data[row * values + v] = random.normal() + (v === labels[row] ? apart : 0)
  return { matrix: { data, rows: count, values }, labels, rows: labels.map((_, row) => row) }
}
