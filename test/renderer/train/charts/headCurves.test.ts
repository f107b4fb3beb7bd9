// The lines of an exactly solved head: penalties from strong to weak, each set of views by itself, and what
// more photos are expected to bring.
import { expect, test } from 'vitest'
import {
  headCurvesOf,
  leadingPenalty,
  penaltyAt,
  placeOfPenalty,
} from '../../../../renderer/train/charts/headCurves'
import { curvesToCsv } from '../../../../renderer/train/charts/curves'
import { figure, finished, learned, penalty, started, stateOf } from '../events'

const path = [
  penalty(1, 0.6),
  penalty(0.1, 0.4),
  penalty(0.01, 0.5),
  penalty(1, 0.5, ['whole', 'closer']),
  penalty(0.1, 0.3, ['whole', 'closer']),
]
const solving = stateOf([started({ solver: 'exact' }), ...path])
const solved = stateOf([
  started({ solver: 'exact' }),
  ...path,
  learned([
    [80, 0.8],
    [40, 0.7],
  ]),
  finished({ head: { views: ['whole', 'closer'], penalty: 1 }, figure }),
])

test('a head that was tuned has no penalty to mark', () => {
  const tuned = finished({ head: { views: ['whole'], penalty: 0 }, figure })
  expect(headCurvesOf(stateOf([started({ solver: 'exact' }), ...path, tuned])).chosen).toBeNull()
})

test('a line pair for each set of views, from strong penalties to weak ones', () => {
  const { loss, accuracy } = headCurvesOf(solving)
  expect(loss.map(({ role }) => role)).toEqual([
    'taughtWhole',
    'outOfFoldWhole',
    'taughtCloser',
    'outOfFoldCloser',
  ])
  expect(Array.from(loss[1]!.x).map(penaltyAt)).toEqual([1, 0.1, 0.01])
  expect(loss[1]!.y).toEqual([0.6, 0.4, 0.5])
  expect(accuracy[3]!.y).toEqual([0.5, 0.7])
})

test('points appear as they come, in whatever order; a penalty solved again counts once', () => {
  expect(headCurvesOf(stateOf([started()])).loss).toEqual([])
  const { loss } = headCurvesOf(
    stateOf([started(), penalty(0.1, 0.4), penalty(1, 0.6), penalty(0.1, 0.2)]),
  )
  expect(loss[1]).toMatchObject({ role: 'outOfFoldWhole', x: [-0, 1], y: [0.6, 0.2] })
})

test('the chosen penalty is marked once it is known; before, the best so far is read', () => {
  expect(headCurvesOf(solving).chosen).toBe(null)
  expect(leadingPenalty(solving)).toMatchObject({ penalty: 0.1, outOfFoldLoss: 0.3 })
  expect(headCurvesOf(solved).chosen).toEqual({ x: placeOfPenalty(1), closer: true })
  expect(leadingPenalty(solved)).toMatchObject({ penalty: 1, outOfFoldLoss: 0.5 })
})

test('the learning curve goes on to what more photos would bring', () => {
  const { learning, wholeLearning } = headCurvesOf(solved)
  expect(learning[0]).toMatchObject({ role: 'learned', x: [40, 80], y: [0.7, 0.8] })
  expect(learning[1]).toMatchObject({ role: 'foretold', x: [80, 280] })
  expect(learning[1]!.y[1]).toBeCloseTo(0.82)
  expect(wholeLearning.min).toBeLessThan(40)
  expect(wholeLearning.max).toBeGreaterThan(280)
})

test('a saved table has the penalties themselves', () => {
  const { loss } = headCurvesOf(solving)
  const [head, first] = curvesToCsv(
    [{ name: 'unseen', curve: loss[1]! }],
    'penalty',
    penaltyAt,
  ).split('\n')
  expect([head, first]).toEqual(['penalty,unseen', '1,0.6'])
})
