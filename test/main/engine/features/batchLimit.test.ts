// A device that is short of memory: batches are halved until they fit, and stay so.
import { expect, it } from 'vitest'
import type { Batch, Trainer } from '../../../../main/engine/tensorflow/trainer'
import { BatchLimit } from '../../../../main/engine/features/batchLimit'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'

/** Takes at most `room` pictures of one value each; remembers what it was given. */
function smallDevice(room: number) {
  const steps: {
    values: number[]
    labels: number[]
    views: number[]
    partners: number[]
    rate: number
  }[] = []
  const check = (count: number) => {
    if (count > room) throw new Failure('out-of-memory', { reason: 'test' })
  }
  const trainer: Pick<Trainer, 'step' | 'evaluate'> = {
    step({ input, labels, views, partners }, { rate }) {
      check(labels.length)
      const values = 'values' in input ? [...input.values] : []
      steps.push({
        values,
        labels: [...labels],
        views: [...views!],
        partners: [...partners!],
        rate,
      })
      return { loss: values.reduce((sum, value) => sum + value, 0) / labels.length, correct: 1 }
    },
    evaluate(input, count) {
      check(count)
      return 'values' in input ? input.values.map((value) => 10 * value) : new Float32Array()
    },
  }
  return { trainer: trainer as Trainer, steps }
}
const batch = (count: number): Batch => ({
  input: { values: Float32Array.from({ length: count }, (_, i) => i) },
  labels: Int32Array.from({ length: count }, (_, i) => i),
  views: Float32Array.from({ length: 4 * count }, (_, i) => i),
  partners: Int32Array.from({ length: count }, (_, i) => (i + 1) % count),
})

it('halves the batch that does not fit, scales the rate by the share, and says so once', () => {
  const { trainer, steps } = smallDevice(3)
  const limit = new BatchLimit()
  expect(limit.newWarning()).toBeNull()
  const result = limit.step(trainer, batch(8), { rate: 0.8, step: 1 })
  expect(steps.map(({ labels }) => labels)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
  ])
  expect(steps[1]).toMatchObject({
    values: [2, 3],
    partners: [1, 1],
    views: [8, 9, 10, 11, 12, 13, 14, 15],
  })
  for (const { rate } of steps) expect(rate).toBeCloseTo(0.2)
  expect(result.loss).toBeCloseTo(3.5)
  expect(result.correct).toBe(4)
  expect(limit.newWarning()).toEqual(reason('batch-reduced', { photos: 2 }))
  limit.step(trainer, batch(2), { rate: 1, step: 2 })
  expect(limit.newWarning()).toBeNull()
})

it('rows of a large input come back whole and in order', () => {
  const { trainer } = smallDevice(2)
  const { input } = batch(5)
  const rows = new BatchLimit().rows(5, input, (part, count) => trainer.evaluate(part, count))
  expect([...rows]).toEqual([0, 10, 20, 30, 40])
})

it('one picture that does not fit is a failure, and so is any other error', () => {
  const { trainer } = smallDevice(0)
  expect(() => new BatchLimit().step(trainer, batch(4), { rate: 1, step: 1 })).toThrow(Failure)
  const broken = () => {
    throw new Error('broken')
  }
  expect(() => new BatchLimit().inParts(4, broken)).toThrow('broken')
})
