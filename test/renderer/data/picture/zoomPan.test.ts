// Looking closer: what lies under the pointer stays there, and the picture does not leave its frame.
import { expect, test } from 'vitest'
import { fitted, kept, zoomedAbout } from '../../../../renderer/data/picture/zoomPan'

const frame = { width: 400, height: 300 }

test('a picture is fitted whole, and a tiny one not blown up without end', () => {
  expect(fitted({ width: 800, height: 300 }, frame).scale).toBe(0.5)
  expect(fitted({ width: 10, height: 10 }, frame).scale).toBe(4)
})

test('zooming keeps the point under the pointer', () => {
  const before = { scale: 0.5, x: 10, y: -20 }
  const point = { x: 90, y: 40 }
  const under = (at: typeof before) => [(point.x - at.x) / at.scale, (point.y - at.y) / at.scale]
  const after = zoomedAbout(before, 3, point)
  expect(after.scale).toBe(1.5)
  expect(under(after)[0]).toBeCloseTo(under(before)[0]!)
  expect(under(after)[1]).toBeCloseTo(under(before)[1]!)
})

test('panning ends at the edge; what fits lies in the middle', () => {
  const picture = { width: 1000, height: 100 }
  expect(kept({ scale: 1, x: 999, y: 50 }, picture, frame)).toEqual({ scale: 1, x: 300, y: 0 })
})
