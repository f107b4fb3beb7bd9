// Numbers people read, against small cases worked out by hand.
import { expect, it } from 'vitest'
import {
  balancedAccuracy,
  classScores,
  confusionMatrix,
  meanAnswer,
  softmax,
} from '../../../shared/statistics/metrics'
import { scoreOf } from '../../../shared/statistics/score'

it('softmax works row by row and bears large logits', () => {
  const result = softmax(Float32Array.of(1000, 1000, 0, Math.log(3)), 2)
  expect([...result].map((value) => Number(value.toFixed(5)))).toEqual([0.5, 0.5, 0.25, 0.75])
})

it('a score is of each photo and of all; unbalanced classes count the same where it is balanced', () => {
  const logits = Float32Array.of(1, 0, 0, Math.log(3), Math.log(3), 0, Math.log(3), 0)
  const score = scoreOf({ logits, labels: [0, 1, 1, 0], classes: 2 })
  expect(score.right).toEqual([true, true, false, true])
  expect(score.loss[1]).toBeCloseTo(Math.log(4 / 3), 5)
  expect(score.loss[2]).toBeCloseTo(Math.log(4), 5)
  expect(score.meanLoss).toBeCloseTo(score.loss.reduce((a, b) => a + b) / 4, 12)
  expect(score).toMatchObject({ accuracy: 0.75, balancedAccuracy: 0.75, predicted: [3, 1] })
  expect(scoreOf({ logits: new Float32Array(0), labels: [], classes: 2 })).toMatchObject({
    ...{ meanLoss: 0, accuracy: 0, balancedAccuracy: 0, predicted: [0, 0] },
  })
  expect(balancedAccuracy([1, 1, 1, 0], [0, 0, 0, 1])).toBe(0.5)
})

it('a temperature divides the mean of two answers as it divides each of them', () => {
  const [one, other] = [Float32Array.of(8, 1), Float32Array.of(0, 1)]
  const colder = [one, other].map((logits) => logits.map((value) => value / 4))
  const mean = meanAnswer([one, other])
  expect([...mean]).toEqual([4, 1])
  expect([...meanAnswer(colder)]).toEqual([...mean].map((value) => value / 4))
})

it('confusion has the truth in its rows; scores divide by nothing safely', () => {
  const confusion = confusionMatrix(3, [
    { truth: 0, predicted: 0 },
    { truth: 0, predicted: 1 },
    { truth: 1, predicted: 1 },
    { truth: 1, predicted: 1 },
  ])
  expect(confusion).toEqual([
    [1, 1, 0],
    [0, 2, 0],
    [0, 0, 0],
  ])
  const [a, b, c] = classScores(['a', 'b', 'c'], confusion)
  expect(a).toMatchObject({ precision: 1, recall: 0.5, support: 2 })
  expect(a!.f1).toBeCloseTo(2 / 3, 6)
  expect(b).toMatchObject({ recall: 1, support: 2 })
  expect(c).toEqual({ name: 'c', precision: 0, recall: 0, f1: 0, support: 0 })
})
