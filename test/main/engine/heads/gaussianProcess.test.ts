// Predictions for a picture do not depend on its own label, and little on doubtful labels.
import { describe, expect, it } from 'vitest'
import { leaveOneOut } from '../../../../main/engine/heads/gaussianProcess'
import { gaussianKernel, usualDistance } from '../../../../main/engine/heads/kernel'
import { clouds } from '../suggest/clouds'

describe('the Gaussian kernel', () => {
  it('is 1 of a picture with itself, and 1/e where pictures are as far apart as usual', () => {
    const matrix = { data: Float32Array.from([0, 0, 3, 4]), rows: 2, values: 2 }
    const width = usualDistance(matrix, [0, 1])
    expect(width).toBe(25)
    expect(gaussianKernel(matrix, width)(1, 1)).toBe(1)
    expect(gaussianKernel(matrix, width)(0, 1)).toBeCloseTo(1 / Math.E, 10)
  })

  it('has a width even if all pictures are the same', () => {
    const matrix = { data: Float32Array.from([2, 2, 2]), rows: 3, values: 1 }
    expect(usualDistance(matrix, [0, 1, 2])).toBe(1)
    expect(usualDistance(matrix, [0])).toBe(1)
  })
})

describe('leaveOneOut', () => {
  it('has the answer of two pictures, worked out by hand', async () => {
    const matrix = { data: Float32Array.from([1, -1]), rows: 2, values: 1 }
    const input = { features: matrix, rows: [0, 1], labels: [0, 1], classes: 2 }
    // Each is predicted from the other alone: prior 1/2, kernel 1/e, noise 1/2, and more for its doubt.
    const first = 0.5 - 0.5 / Math.E / 1.5
    const doubt = 1 / (1 + Math.exp(-4 * (1 - 2 * first)))
    const second = 0.5 - 0.5 / Math.E / (1 + 0.5 * (1 + 3 * doubt))
    const close = (value: number): unknown => expect.closeTo(value, 5)
    const expected = [second, 1 - second, 1 - second, second].map(close)
    expect([...(await leaveOneOut(input))]).toEqual(expected)
  })

  it('gives the class of its neighbours to a picture, whatever its own label', async () => {
    const { matrix, labels: truth, rows } = clouds({ apart: 6 })
    const wrong = 7
    const labels = truth.map((label, i) => (i === wrong ? (label + 1) % 3 : label))
    const judged = await leaveOneOut({ features: matrix, rows, labels, classes: 3 })
    for (const row of rows) {
      const own = [...judged.slice(row * 3, row * 3 + 3)]
      expect(own.indexOf(Math.max(...own))).toBe(truth[row])
      expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
    }
  })
})
