// Numbers people read, against small cases worked out by hand.
import { expect, it } from 'vitest'
import {
  classScores,
  confusionMatrix,
  crossEntropyOf,
  softmax,
} from '../../../shared/statistics/metrics'

it('softmax works row by row and bears large logits', () => {
  const result = softmax(Float32Array.of(1000, 1000, 0, Math.log(3)), 2)
  expect([...result].map((value) => Number(value.toFixed(5)))).toEqual([0.5, 0.5, 0.25, 0.75])
})

it('cross-entropy is the mean over all pictures, however they are batched', () => {
  const score = crossEntropyOf(2)
  score.add(Float32Array.of(0, 0), Int32Array.of(0))
  score.add(Float32Array.of(0, Math.log(3), Math.log(3), 0), Int32Array.of(1, 1))
  const { loss, accuracy, predicted } = score.result()
  expect(loss).toBeCloseTo((Math.log(2) + Math.log(4 / 3) + Math.log(4)) / 3, 5)
  expect(accuracy).toBeCloseTo(2 / 3, 6)
  expect(predicted).toEqual([2, 1])
  expect(crossEntropyOf(2).result()).toEqual({ loss: 0, accuracy: 0, predicted: [0, 0] })
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
