// Cells: which photos lie behind one, which opens first, where the arrow keys lead.
import { describe, expect, it } from 'vitest'
import { nextCell, photosOf, shareOfRow, worstCell } from '../../../renderer/evaluate/confusion'

const confusion = [
  [5, 1, 0],
  [3, 6, 0],
  [0, 0, 0],
]

describe('confusion', () => {
  it('opens the most frequent mistake, else what is right, else nothing', () => {
    expect(worstCell(confusion)).toEqual({ truth: 1, predicted: 0 })
    expect(
      worstCell([
        [2, 0],
        [0, 4],
      ]),
    ).toEqual({ truth: 1, predicted: 1 })
    expect(worstCell([[0]])).toBeNull()
  })
  it('takes shares of the row, and zero of an empty one', () => {
    expect(shareOfRow(confusion, { truth: 1, predicted: 0 })).toBeCloseTo(1 / 3)
    expect(shareOfRow(confusion, { truth: 2, predicted: 0 })).toBe(0)
  })
  it('lists the photos of a cell, the most confident first', () => {
    const judged = [
      [1, 0, 0.6],
      [1, 0, 0.9],
      [0, 0, 1],
    ].map(([truth, predicted, confidence], i) => ({
      pictureId: `p${i}`,
      truth: truth!,
      predicted: predicted!,
      confidence: confidence!,
    }))
    const evaluation = {
      runId: 'r',
      split: 'val' as const,
      accuracy: 1,
      classes: ['a', 'b'],
      confusion,
      perClass: [],
      pictures: judged,
    }
    expect(photosOf(evaluation, { truth: 1, predicted: 0 }).map((each) => each.pictureId)).toEqual([
      'p1',
      'p0',
    ])
  })
  it('stays inside at the edges', () => {
    expect(nextCell({ truth: 0, predicted: 0 }, 'ArrowUp', 3)).toEqual({ truth: 0, predicted: 0 })
    expect(nextCell({ truth: 0, predicted: 0 }, 'ArrowRight', 3)).toEqual({
      truth: 0,
      predicted: 1,
    })
    expect(nextCell({ truth: 0, predicted: 0 }, 'x', 3)).toBeNull()
  })
})
