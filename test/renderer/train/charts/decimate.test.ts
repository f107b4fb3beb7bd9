// Fewer points, the same picture: no peak is lost, no point is made up, x still goes up.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aligned } from '../../../../renderer/train/charts/chartOptions'
import { decimate } from '../../../../renderer/train/charts/decimate'

const noise = fc.array(fc.double({ noNaN: true, min: -5, max: 5 }), {
  minLength: 1,
  maxLength: 9000,
})
const columns = (values: readonly number[]) => ({
  x: Float64Array.from(values, (_, i) => i),
  y: Float64Array.from(values),
})

test('every column of pixels keeps its least and its greatest value, and only real points', () => {
  fc.assert(
    fc.property(noise, fc.integer({ min: 1, max: 60 }), (values, width) => {
      const { x, y } = columns(values)
      const view = { min: 0, max: values.length }
      const kept = decimate({ x, y }, view, width)
      const pixel = (at: number) => Math.floor((at / values.length) * width)
      const extremes = (xs: ArrayLike<number>, ys: ArrayLike<number>) => {
        const found = new Map<number, [number, number]>()
        Array.from(xs).forEach((at, i) => {
          const [least, greatest] = found.get(pixel(at)) ?? [Infinity, -Infinity]
          found.set(pixel(at), [Math.min(least, ys[i]!), Math.max(greatest, ys[i]!)])
        })
        return found
      }
      const [all, some] = [extremes(x, y), extremes(kept.x, kept.y)]
      // Blocks of points belong to the column of pixels that they begin or end in.
      const exact = values.length <= 32 * width
      if (exact) expect(some).toEqual(all)
      expect(Math.max(...kept.y)).toBe(Math.max(...values))
      expect(Math.min(...kept.y)).toBe(Math.min(...values))
      kept.x.forEach((at, i) => expect(kept.y[i]).toBe(y[at]))
      expect(kept.x.every((at, i) => i === 0 || at > kept.x[i - 1]!)).toBe(true)
      expect(kept.x.length).toBeLessThanOrEqual(Math.max(4 * width, 2 * width + 2))
    }),
    { numRuns: 200 },
  )
})

test('only what is in view and one point beyond either edge', () => {
  const { x, y } = columns([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(decimate({ x, y }, { min: 2.5, max: 5 }, 100).x).toEqual([2, 3, 4, 5, 6])
})

test('values that are no number are left out', () => {
  const { x, y } = columns([1, NaN, 3, Infinity])
  expect(decimate({ x, y }, { min: 0, max: 9 }, 100)).toEqual({ x: [0, 2], y: [1, 3] })
})

test('a column that grew has the extremes of what is new', () => {
  const store = new Float64Array(20_000)
  const x = Float64Array.from(store, (_, i) => i)
  const shown = (length: number) =>
    decimate(
      { x: x.subarray(0, length), y: store.subarray(0, length) },
      { min: 0, max: length },
      10,
    )
  shown(10_000)
  store[15_001] = 7
  expect(Math.max(...shown(20_000).y)).toBe(7)
})

test('curves with their own x share one that goes up', () => {
  const curve = { role: 'training', name: null, mark: 0, faint: false } as const
  const curves = [
    { ...curve, x: [1, 2, 4], y: [1, 2, 4] },
    { ...curve, x: [2, 3], y: [20, 30] },
  ]
  expect(aligned(curves, { min: 0, max: 9 }, 100)).toEqual([
    [1, 2, 3, 4],
    [1, 2, null, 4],
    [null, 20, 30, null],
  ])
})
