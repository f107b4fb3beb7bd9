// What a model said of labelled photos: each photo by itself, and the whole in a few numbers.
import type { ScoredPhotos } from './calibration'
import type { Judgement } from './crossFit'
import { balancedAccuracy, largest, softmax } from './metrics'

export interface Score extends Judgement {
  readonly loss: readonly number[]
  /** Mean cross-entropy. */
  readonly meanLoss: number
  readonly accuracy: number
  readonly balancedAccuracy: number
  /** Number of photos predicted as each class. */
  readonly predicted: readonly number[]
}

/** Means are 0 without photos. */
export function scoreOf({ logits, labels, classes }: ScoredPhotos): Score {
  const scores = softmax(logits, classes)
  const called = labels.map((_, i) => largest(scores.subarray(i * classes, (i + 1) * classes)))
  const right = labels.map((label, i) => called[i] === label)
  const loss = labels.map((label, i) => -Math.log(Math.max(scores[i * classes + label]!, 1e-30)))
  const predicted = new Array<number>(classes).fill(0)
  for (const label of called) predicted[label]!++
  const mean = (sum: number) => sum / Math.max(1, labels.length)
  return {
    right,
    loss,
    meanLoss: mean(loss.reduce((sum, each) => sum + each, 0)),
    accuracy: mean(right.filter(Boolean).length),
    balancedAccuracy: balancedAccuracy(right.map(Number), labels),
    predicted,
  }
}
