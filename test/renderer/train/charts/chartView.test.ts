// Looking closer and aside: what lies under the pointer stays there, and nothing beyond the run shows.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { panned, showing, zoomed } from '../../../../renderer/train/charts/chartView'

const whole = { min: 0, max: 1000 }
const spot = fc.integer({ min: 0, max: 1000 })

test('what lies under the pointer stays where it is', () => {
  fc.assert(
    fc.property(spot, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (at, factor) => {
      const view = zoomed(null, whole, { factor, at })!
      expect((at - view.min) / (view.max - view.min)).toBeCloseTo(at / 1000)
    }),
  )
})

test('never shows more than the whole, however it is moved', () => {
  const move = fc.oneof(
    fc.record({ factor: fc.double({ min: 0.01, max: 20, noNaN: true }), at: spot }),
    fc.double({ min: -3, max: 3, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(move), (moves) => {
      const view = moves.reduce<ReturnType<typeof zoomed>>(
        (now, how) => (typeof how === 'number' ? panned(now, whole, how) : zoomed(now, whole, how)),
        null,
      )
      const { min, max } = view ?? whole
      expect(min).toBeGreaterThanOrEqual(whole.min)
      expect(max).toBeLessThanOrEqual(whole.max + 1e-9)
      expect(max).toBeGreaterThan(min)
    }),
  )
})

test('farther than all is all, which then grows with the run', () => {
  expect(zoomed({ min: 100, max: 900 }, whole, { factor: 2, at: 500 })).toBe(null)
  expect(panned(null, whole, 1)).toBe(null)
})

test('follows the cursor out of view', () => {
  const view = { min: 100, max: 200 }
  expect(showing(view, whole, 150)).toBe(view)
  expect(showing(view, whole, 230)).toEqual({ min: 130, max: 230 })
  expect(showing(view, whole, 0)).toEqual({ min: 0, max: 100 })
})
