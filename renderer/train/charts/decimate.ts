// As many points as a chart has pixels for: of those that fall on one column of pixels the least and
// the greatest, so that no peak is lost (MinMax: Jugel, Jerzak, Hackenbroich and Markl 2014, section
// 4). What is in view is gone through once, in blocks where there is much of it.
import { countUpTo } from './sortedColumn'

export interface Span {
  readonly min: number
  readonly max: number
}
export interface Points {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/** What is in view and one point beyond either edge; x goes up, values that are no number are left
 *  out. A column of numbers (Float64Array) may grow at its end, but what is in it must not change. */
export function decimate(
  { x, y }: Points,
  view: Span,
  width: number,
): { x: number[]; y: number[] } {
  const start = Math.max(0, countUpTo(x, view.min) - 1)
  const end = Math.min(x.length, countUpTo(x, view.max) + 1)
  const kept: { x: number[]; y: number[] } = { x: [], y: [] }
  const keep = (i: number) => {
    kept.x.push(x[i]!)
    kept.y.push(y[i]!)
  }
  if (end - start <= 4 * width || view.max <= view.min) {
    for (let i = start; i < end; i++) if (Number.isFinite(y[i]!)) keep(i)
    return kept
  }
  const columns = new PixelColumns(y, keep)
  const perPixel = width / (view.max - view.min)
  const visit = (i: number) => columns.add(i, Math.floor((x[i]! - view.min) * perPixel))
  const blocks = y instanceof Float64Array && end - start > size * width ? extremesOf(y) : null
  for (let i = start; i < end;) {
    if (blocks && i % size === 0 && i + size <= end) {
      blocks.at(i / size).forEach(visit)
      i += size
    } else visit(i++)
  }
  columns.flush()
  return kept
}

/** Hands on the least and the greatest point of each column of pixels. */
class PixelColumns {
  private pixel = NaN
  private least = -1
  private greatest = -1
  constructor(
    private readonly y: ArrayLike<number>,
    private readonly keep: (i: number) => void,
  ) {}

  add(i: number, pixel: number) {
    const value = this.y[i]!
    if (!Number.isFinite(value)) return
    if (pixel !== this.pixel) {
      this.flush()
      this.pixel = pixel
      this.least = this.greatest = i
    } else {
      if (value < this.y[this.least]!) this.least = i
      if (value > this.y[this.greatest]!) this.greatest = i
    }
  }

  flush() {
    if (this.least < 0) return
    const one = Math.min(this.least, this.greatest)
    const two = Math.max(this.least, this.greatest)
    this.keep(one)
    if (two > one) this.keep(two)
  }
}

/** Points whose extremes are looked up together where many of them fall on one column of pixels. */
const size = 32

/** The least and the greatest of every `size` points, found once. */
class Extremes {
  private least = new Int32Array(64)
  private greatest = new Int32Array(64)
  private filled = 0

  extend(y: Float64Array) {
    const blocks = Math.floor(y.length / size)
    if (blocks > this.least.length) {
      this.least = grown(this.least, 2 * blocks)
      this.greatest = grown(this.greatest, 2 * blocks)
    }
    for (; this.filled < blocks; this.filled++) {
      let [least, greatest] = [-1, -1]
      for (let i = this.filled * size; i < (this.filled + 1) * size; i++) {
        if (!Number.isFinite(y[i]!)) continue
        if (least < 0 || y[i]! < y[least]!) least = i
        if (greatest < 0 || y[i]! > y[greatest]!) greatest = i
      }
      this.least[this.filled] = least
      this.greatest[this.filled] = greatest
    }
  }

  /** Their places, in order; none when no value is a number. */
  at(block: number): readonly number[] {
    const [least, greatest] = [this.least[block]!, this.greatest[block]!]
    if (least < 0) return []
    return least < greatest ? [least, greatest] : [greatest, least]
  }
}
const grown = (old: Int32Array, length: number) => {
  const bigger = new Int32Array(length)
  bigger.set(old)
  return bigger
}

const known = new WeakMap<ArrayBufferLike, Extremes>()
function extremesOf(y: Float64Array): Extremes {
  const extremes = known.get(y.buffer) ?? new Extremes()
  known.set(y.buffer, extremes)
  extremes.extend(y)
  return extremes
}
