// The computed features in memory: one row per picture, appended as they are computed, read
// standardised. A picture that is added again gets a new row, because its file has changed.
import { standardised } from '../heads/standardise'
import type { Matrix } from '../heads/logisticHead'

export class FeatureTable {
  private readonly rowOf = new Map<string, number>()
  private data = new Float32Array(0)
  private rows = 0
  private seen: Matrix | null = null

  /** `values` is the number of features per picture. */
  constructor(readonly values: number) {}

  get count() {
    return this.rowOf.size
  }

  /** `features`: [pictures, values]. */
  add(pictures: readonly string[], features: Float32Array) {
    const needed = (this.rows + pictures.length) * this.values
    if (needed > this.data.length) {
      const larger = new Float32Array(Math.max(needed, this.data.length * 2))
      larger.set(this.data)
      this.data = larger
    }
    this.data.set(features, this.rows * this.values)
    pictures.forEach((id, i) => this.rowOf.set(id, this.rows + i))
    this.rows += pictures.length
    this.seen = null
  }

  /** Undefined while the picture has no features. */
  row(picture: string) {
    return this.rowOf.get(picture)
  }

  /** Mean 0 and variance 1 per column, over every row; the same object until rows are added. */
  get matrix(): Matrix {
    this.seen ??= standardised({
      data: this.data.subarray(0, this.rows * this.values),
      rows: this.rows,
      values: this.values,
    })
    return this.seen
  }
}
