// Which epoch is the best one.
import { expect, it } from 'vitest'
import { afterEpoch, initialProgress, recordOf } from '../../../../main/engine/runFiles/runProgress'

interface Told {
  readonly accuracy: number
  readonly balanced?: number | null
  readonly loss?: number
  readonly judged?: string
}
function bestOf(epochs: readonly Told[]): number {
  let progress = initialProgress
  for (const { accuracy, balanced = null, loss = 1, judged = '80' } of epochs) {
    const record = recordOf(progress, {
      ...{ valLoss: loss, valAccuracy: accuracy, valBalancedAccuracy: balanced },
      ...{ predicted: [], judged },
    })
    progress = afterEpoch(progress, record, null)
  }
  return progress.best!.epoch
}

it('is the most accurate, then the one of least loss, then the earliest', () => {
  expect(bestOf([{ accuracy: 0.5 }, { accuracy: 0.7 }, { accuracy: 0.6 }])).toBe(2)
  expect(bestOf([{ accuracy: 0.7 }, { accuracy: 0.7, loss: 0.9 }])).toBe(2)
  expect(bestOf([{ accuracy: 0.7 }, { accuracy: 0.7 }])).toBe(1)
})

it('is the one with the best balanced accuracy where every class counts the same', () => {
  expect(
    bestOf([
      { accuracy: 0.9, balanced: 0.5 },
      { accuracy: 0.8, balanced: 0.7 },
    ]),
  ).toBe(2)
})

it('is the last one where no photo could be judged', () => {
  const none = { accuracy: 0, loss: 0, judged: '' }
  expect(bestOf([none, none, none])).toBe(3)
})
