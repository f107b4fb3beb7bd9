// Tensors convert to TensorFlow's layout and back without loss, each value to its right index.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { graphShape } from '../../../../main/engine/graph/variables'
import { fromGraph, toGraph } from '../../../../main/engine/tensorflow/layouts'

const side = fc.integer({ min: 1, max: 5 })
const shapes = fc.oneof(fc.tuple(side), fc.tuple(side, side), fc.tuple(side, side, side, side))

it('there and back is the same, and sizes stay', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const count = shape.reduce((a, b) => a * b, 1)
      const data = Float32Array.from({ length: count }, (_, i) => i)
      const inside = toGraph(data, shape)
      expect(fromGraph(inside, shape)).toEqual(data)
      expect([...inside].sort((a, b) => a - b)).toEqual([...data])
      expect(graphShape(shape).reduce((a, b) => a * b, 1)).toBe(count)
    }),
  )
})

it('OIHW becomes HWIO', () => {
  const shape = [2, 3, 4, 5]
  const data = Float32Array.from({ length: 120 }, (_, i) => i)
  expect(graphShape(shape)).toEqual([4, 5, 3, 2])
  const [o, i, h, w] = [1, 0, 2, 1]
  expect(toGraph(data, shape)[((h * 5 + w) * 3 + i) * 2 + o]).toBe(
    data[((o * 3 + i) * 4 + h) * 5 + w],
  )
})

it('dense weights are transposed', () => {
  expect([...toGraph(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])]).toEqual([1, 4, 2, 5, 3, 6])
})
