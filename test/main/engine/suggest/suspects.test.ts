// Wrong labels come first, because the heads that judge them have not learnt them.
import { describe, expect, it } from 'vitest'
import { crossValidated, stratifiedFolds } from '../../../../main/engine/heads/crossValidate'
import { leaveOneOut } from '../../../../main/engine/heads/gaussianProcess'
import { rankSuspects } from '../../../../main/engine/suggest/suspects'
import { clouds } from './clouds'

describe('stratifiedFolds', () => {
  it('spreads every class evenly, as the seed says', () => {
    const labels = Array.from({ length: 50 }, (_, i) => (i < 40 ? 0 : 1))
    const folds = stratifiedFolds(labels, 5, 1)
    for (let fold = 0; fold < 5; fold++) {
      expect(labels.filter((label, i) => label === 0 && folds[i] === fold).length).toBe(8)
      expect(labels.filter((label, i) => label === 1 && folds[i] === fold).length).toBe(2)
    }
    expect(stratifiedFolds(labels, 5, 1)).toEqual(folds)
    expect(stratifiedFolds(labels, 5, 2)).not.toEqual(folds)
  })
})

describe('rankSuspects', () => {
  it.each([
    ['cross-validated heads', crossValidated],
    ['a Gaussian process', leaveOneOut],
  ])('puts planted mislabels first, with the class they belong to, by %s', async (_, judge) => {
    const { matrix, labels: truth, rows } = clouds({ apart: 5, each: 40 })
    const planted = [3, 40, 77, 100]
    const labels = truth.map((label, i) => (planted.includes(i) ? (label + 1) % 3 : label))
    const probabilities = await judge({ features: matrix, rows, labels, classes: 3 })
    const ranked = rankSuspects({ labels, classes: 3, probabilities })
    const first = ranked.slice(0, planted.length)
    expect(first.map(({ index }) => index).sort((a, b) => a - b)).toEqual(planted)
    for (const { index, suggested } of first) expect(suggested).toBe(truth[index])
    expect(first.filter(({ sure }) => sure).length).toBeGreaterThan(1)
    expect(ranked.length).toBe(labels.length)
    expect(ranked.filter(({ sure }) => sure).length).toBeLessThan(planted.length + 5)
  })

  it('is not sure where the other class is less probable than usual', () => {
    const probabilities = Float32Array.from([0.9, 0.1, 0.1, 0.9, 0.55, 0.45])
    const ranked = rankSuspects({ labels: [0, 1, 1], classes: 2, probabilities })
    expect(ranked[0]).toMatchObject({ index: 2, suggested: 0, sure: false })
  })
})
