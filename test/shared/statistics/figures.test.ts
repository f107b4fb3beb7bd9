import { expect, it } from 'vitest'
import { crossFittedFigure, figureOf } from '../../../shared/statistics/figures'
import { accuracyInterval } from '../../../shared/statistics/interval'

const labels = Array.from({ length: 40 }, (_, i) => (i < 30 ? 0 : 1))

it('a figure has its interval and counts every class the same where it is balanced', () => {
  const grades = labels.map((label) => (label === 0 ? 1 : 0.5))
  expect(figureOf('heldOut', grades, labels)).toEqual({
    kind: 'heldOut',
    accuracy: 35 / 40,
    balancedAccuracy: 0.75,
    photos: 40,
    ...accuracyInterval(35, 40),
  })
  expect(figureOf('heldOut', [], [])).toBeNull()
})

it('photos that an epoch could not read do not count', () => {
  const all = { right: labels.map(() => true), loss: labels.map(() => 0.1) }
  const without = { ...all, loss: all.loss.map((loss, i) => (i < 10 ? NaN : loss)) }
  expect(crossFittedFigure([all, without], { labels })).toMatchObject({
    kind: 'crossFitted',
    accuracy: 1,
    photos: 30,
  })
  expect(crossFittedFigure([], { labels })).toBeNull()
  expect(crossFittedFigure([all, { right: [], loss: [] }], { labels: [] })).toBeNull()
})
