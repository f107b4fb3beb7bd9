// The fitted head minimises the penalised cross-entropy and returns probabilities.
import { describe, expect, it } from 'vitest'
import { minimise } from '../../../../main/engine/heads/lbfgs'
import { fitHead } from '../../../../main/engine/heads/logisticHead'
import { clouds } from '../suggest/clouds'

describe('minimise', () => {
  it('finds the bottom of Rosenbrock’s valley', async () => {
    const x = Float64Array.from([-1.2, 1])
    const value = await minimise(
      (at, gradient) => {
        const [a, b] = [at[0]!, at[1]!]
        gradient[0] = -400 * a * (b - a * a) - 2 * (1 - a)
        gradient[1] = 200 * (b - a * a)
        return Promise.resolve(100 * (b - a * a) ** 2 + (1 - a) ** 2)
      },
      x,
      { tolerance: 1e-8 },
    )
    expect(value).toBeLessThan(1e-12)
    expect([...x]).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)])
  })
})

describe('fitHead', () => {
  it('has the closed-form answer of two points on a line', async () => {
    // Symmetric: weights (w, -w), no bias; log-odds 4w at x = 2, and p_wrong * 2 = penalty * w.
    const matrix = { data: Float32Array.from([2, -2]), rows: 2, values: 1 }
    const input = { features: matrix, rows: [0, 1], labels: [0, 1], classes: 2 }
    const head = await fitHead({ ...input, penaltyPerColumn: 0.1 })
    const [right, wrong] = await head.probabilities(matrix, [0])
    const w = Math.log(right! / wrong!) / 4
    expect(wrong! * 2).toBeCloseTo(0.1 * w, 4)
    expect(right! + wrong!).toBeCloseTo(1, 6)
  })

  it('tells clouds apart that it has not seen, the same every time', async () => {
    const { matrix, labels, rows } = clouds({ apart: 4 })
    const seen = rows.slice(0, 45)
    const fit = () =>
      fitHead({ features: matrix, rows: seen, labels: seen.map((row) => labels[row]!), classes: 3 })
    const unseen = rows.slice(45)
    const probabilities = await (await fit()).probabilities(matrix, unseen)
    const right = unseen.filter((row, i) => {
      const own = [...probabilities.slice(i * 3, i * 3 + 3)]
      return own.indexOf(Math.max(...own)) === labels[row]
    })
    expect(right.length / unseen.length).toBeGreaterThan(0.9)
    expect(await (await fit()).probabilities(matrix, unseen)).toEqual(probabilities)
  })
})
