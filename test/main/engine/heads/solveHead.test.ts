// The closer view is kept where it helps on unseen photos, and only there.
import { describe, expect, it } from 'vitest'
import { headTensors, outOfFoldFigure, solveHead } from '../../../../main/engine/heads/solveHead'
import { clouds } from '../suggest/clouds'

/** The features of two views: what each tells of the classes is how far `apart` their clouds are. */
function twoViews(whole: number, closer: number) {
  const [first, second] = [
    clouds({ classes: 3, each: 40, values: 6, apart: whole, seed: 1 }),
    clouds({ classes: 3, each: 40, values: 6, apart: closer, seed: 2 }),
  ]
  const features = new Float32Array(120 * 12)
  for (let i = 0; i < 120; i++) {
    features.set(first.matrix.data.subarray(i * 6, i * 6 + 6), i * 12)
    features.set(second.matrix.data.subarray(i * 6, i * 6 + 6), i * 12 + 6)
  }
  return { features, labels: first.labels }
}

async function solved(whole: number, closer: number) {
  const { features, labels } = twoViews(whole, closer)
  const solving = solveHead(
    {
      features,
      views: ['whole', 'closer'],
      labels,
      classes: 3,
      groups: labels.map((_, i) => String(i)),
      balanced: false,
      seed: 1,
    },
    () => Promise.resolve(),
  )
  for (;;) {
    const next = await solving.next()
    if (next.done) return { ...next.value, labels }
  }
}

describe('the closer view', () => {
  it('is kept where it tells the classes apart', async () => {
    const { kept } = await solved(1, 2)
    expect(kept.views).toEqual(['whole', 'closer'])
    expect(headTensors(kept.head).get('fc.weight')!.shape).toEqual([3, 12])
  })

  it('is left where it says nothing', async () => {
    const { kept } = await solved(2, 0)
    expect(kept.views).toEqual(['whole'])
    expect(headTensors(kept.head).get('fc.weight')!.shape).toEqual([3, 6])
  })
})

it('the figure is near what the kept head does out of fold, with an interval round it', async () => {
  const { kept, candidates, labels } = await solved(1.5, 1.5)
  const figure = outOfFoldFigure(candidates, { labels, balanced: false })!
  const { right } = kept.path[kept.chosen]!.outOfFold
  const share = right.filter(Boolean).length / right.length
  expect(Math.abs(figure.accuracy - share)).toBeLessThan(0.05)
  expect(figure.low).toBeLessThan(figure.accuracy)
  expect(figure.high).toBeGreaterThan(figure.accuracy)
  expect(figure).toMatchObject({ photos: 120 })
  // Classes of equal size.
  expect(figure.balancedAccuracy).toBeCloseTo(figure.accuracy, 10)
})
