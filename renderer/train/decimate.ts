// As many points as a chart has pixels for: of those that fall on one column of pixels the first, the
// least, the greatest and the last, which draw the same line as all of them (M4: Jugel, Jerzak,
// Hackenbroich and Markl 2014). Pure, and one pass over what is in view.
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
 *  out. */
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
  const perPixel = width / (view.max - view.min)
  let [pixel, first, least, greatest, last] = [NaN, -1, -1, -1, -1]
  const flush = () => {
    if (first < 0) return
    const [one, two] = least < greatest ? [least, greatest] : [greatest, least]
    keep(first)
    if (one > first) keep(one)
    if (two > one) keep(two)
    if (last > two) keep(last)
  }
  for (let i = start; i < end; i++) {
    const value = y[i]!
    if (!Number.isFinite(value)) continue
    const at = Math.floor((x[i]! - view.min) * perPixel)
    if (at !== pixel) {
      flush()
      pixel = at
      first = least = greatest = i
    } else {
      if (value < y[least]!) least = i
      if (value > y[greatest]!) greatest = i
    }
    last = i
  }
  flush()
  return kept
}
