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

/** The mean of several predictions' logits, so that a temperature divides each of them as it divides the
 *  mean; a single one is unchanged. */
export function meanAnswer(answers: readonly Float32Array[]): Float32Array {
  if (answers.length === 1) return answers[0]!
  return answers[0]!.map(
    (_, i) => answers.reduce((sum, logits) => sum + logits[i]!, 0) / answers.length,
  )
}

export const largest = (row: ArrayLike<number>) => {
  let best = 0
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i
  return best
}

/** Mean over the classes that have photos of the share of their photos that is right; `grades` from 0 to 1,
 *  one a photo. 0 without photos. */
export function balancedAccuracy(grades: readonly number[], labels: readonly number[]): number {
  const sums = new Map<number, { photos: number; right: number }>()
  labels.forEach((label, i) => {
    const sum = sums.get(label) ?? { photos: 0, right: 0 }
    sums.set(label, { photos: sum.photos + 1, right: sum.right + grades[i]! })
  })
  const recalls = [...sums.values()].map(({ photos, right }) => right / photos)
  return recalls.reduce((sum, recall) => sum + recall, 0) / Math.max(1, recalls.length)
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
