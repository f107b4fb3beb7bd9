// Classification metrics from logits.
import type { ClassScores } from '../evaluation'

/** Probabilities of `logits` [count, classes], row by row. */
export function softmax(logits: Float32Array, classes: number): Float32Array {
  const result = new Float32Array(logits.length)
  for (let at = 0; at < logits.length; at += classes) {
    const row = logits.subarray(at, at + classes)
    const top = Math.max(...row)
    let sum = 0
    for (const value of row) sum += Math.exp(value - top)
    for (let c = 0; c < classes; c++) result[at + c] = Math.exp(row[c]! - top) / sum
  }
  return result
}

/** The mean of several predictions' probabilities, as logits; a single one is unchanged. */
export function meanAnswer(answers: readonly Float32Array[], classes: number): Float32Array {
  if (answers.length === 1) return answers[0]!
  const all = answers.map((logits) => softmax(logits, classes))
  return all[0]!.map((_, i) =>
    Math.log(Math.max(1e-30, all.reduce((sum, scores) => sum + scores[i]!, 0) / all.length)),
  )
}

export const largest = (row: ArrayLike<number>) => {
  let best = 0
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i
  return best
}

export interface ValidationScore {
  /** Mean cross-entropy. */
  readonly loss: number
  readonly accuracy: number
  /** Number of pictures predicted as each class. */
  readonly predicted: readonly number[]
}

/** Accumulates metrics over batches; without pictures loss and accuracy are 0. */
export function crossEntropyOf(classes: number) {
  let [loss, correct, count] = [0, 0, 0]
  const predicted = new Array<number>(classes).fill(0)
  return {
    add(logits: Float32Array, labels: Int32Array) {
      const scores = softmax(logits, classes)
      labels.forEach((label, n) => {
        const row = scores.subarray(n * classes, (n + 1) * classes)
        loss -= Math.log(Math.max(row[label]!, 1e-30))
        const called = largest(row)
        predicted[called]!++
        correct += called === label ? 1 : 0
        count++
      })
    },
    result: (): ValidationScore => ({
      loss: loss / Math.max(1, count),
      accuracy: correct / Math.max(1, count),
      predicted,
    }),
  }
}

/** `confusion[truth][predicted]`. */
export function confusionMatrix(
  classes: number,
  judged: readonly { readonly truth: number; readonly predicted: number }[],
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (const { truth, predicted } of judged) matrix[truth]![predicted]!++
  return matrix
}

/** Precision, recall and F1 of each class; 0 where there is nothing to divide by. */
export function classScores(
  names: readonly string[],
  confusion: readonly (readonly number[])[],
): ClassScores[] {
  return names.map((name, c) => {
    const hits = confusion[c]![c]!
    const support = confusion[c]!.reduce((sum, count) => sum + count, 0)
    const predicted = confusion.reduce((sum, row) => sum + row[c]!, 0)
    const precision = predicted ? hits / predicted : 0
    const recall = support ? hits / support : 0
    return {
      name,
      precision,
      recall,
      f1: precision + recall ? (2 * precision * recall) / (precision + recall) : 0,
      support,
    }
  })
}
