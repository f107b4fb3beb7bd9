// Where the points of a comparison lie: accuracy upwards with its error bar, the cost to the right on
// a logarithmic axis, for depths differ by factors. Pure; units of the drawing are pixels.
export interface AdvicePoint {
  readonly id: string
  readonly label: string
  readonly x: number
  readonly y: number
  readonly error: number
  readonly recommended: boolean
}

export const plotSize = { width: 380, height: 210, left: 46, right: 16, top: 18, bottom: 36 }

export interface Placed extends AdvicePoint {
  readonly cx: number
  readonly cy: number
  readonly high: number
  readonly low: number
  /** Of the label's baseline: above the error bar and below it in turn, so that neighbours part. */
  readonly labelY: number
  readonly anchor: 'start' | 'middle' | 'end'
}

export interface Plot {
  readonly points: readonly Placed[]
  /** Shares with a line each. */
  readonly shares: readonly { readonly value: number; readonly y: number }[]
  readonly ends: readonly { readonly value: number; readonly x: number }[]
}

export function placePoints(points: readonly AdvicePoint[]): Plot {
  if (!points.length) return { points: [], shares: [], ends: [] }
  const { width, height, left, right, top, bottom } = plotSize
  const xs = points.map(({ x }) => Math.log(Math.max(x, 1e-9)))
  const [leastX, mostX] = [Math.min(...xs), Math.max(...xs)]
  const low = Math.min(...points.map(({ y, error }) => y - error))
  const high = Math.max(...points.map(({ y, error }) => y + error))
  const spare = Math.max(0.01, (high - low) * 0.1)
  const [from, to] = [Math.max(0, low - spare), Math.min(1, high + spare)]
  const across = (log: number) =>
    mostX - leastX < 1e-6
      ? (left + width - right) / 2
      : left + 14 + ((log - leastX) / (mostX - leastX)) * (width - left - right - 28)
  const up = (share: number) =>
    height - bottom - ((share - from) / (to - from)) * (height - top - bottom)
  const ends = mostX - leastX < 1e-6 ? [leastX] : [leastX, mostX]
  const order = [...xs.keys()].sort((a, b) => xs[a]! - xs[b]!)
  const place = (point: AdvicePoint, at: number): Placed => {
    const cx = across(xs[at]!)
    const ends = {
      high: up(Math.min(to, point.y + point.error)),
      low: up(Math.max(from, point.y - point.error)),
    }
    return {
      ...point,
      ...ends,
      cx,
      cy: up(point.y),
      labelY: order.indexOf(at) % 2 ? ends.low + 13 : ends.high - 5,
      anchor: cx < left + 40 ? 'start' : cx > width - right - 40 ? 'end' : 'middle',
    }
  }
  return {
    points: points.map(place),
    shares: [from, (from + to) / 2, to].map((value) => ({ value, y: up(value) })),
    ends: ends.map((log) => ({ value: Math.exp(log), x: across(log) })),
  }
}
