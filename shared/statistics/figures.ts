// Accuracies that may be shown: of photos that neither taught nor chose the model they grade.
import type { Figure } from '../figure'
import { crossFittedGrades, type CrossFitOptions, type Judgement } from './crossFit'
import { accuracyInterval } from './interval'
import { balancedAccuracy } from './metrics'

/** @param grades of each photo, 0 to 1. Null without photos. */
export function figureOf(
  kind: Figure['kind'],
  grades: readonly number[],
  labels: readonly number[],
): Figure | null {
  if (grades.length === 0) return null
  const right = grades.reduce((sum, grade) => sum + grade, 0)
  return {
    kind,
    accuracy: right / grades.length,
    balancedAccuracy: balancedAccuracy(grades, labels),
    ...accuracyInterval(right, grades.length),
    photos: grades.length,
  }
}

/** Of the best of several epochs on the photos that chose it. Photos that some epoch could not read are left
 *  out. */
export function crossFittedFigure(
  epochs: readonly Judgement[],
  { labels, balanced = false }: CrossFitOptions,
): Figure | null {
  const rows = labels.flatMap((_, i) =>
    epochs.some(({ loss }) => Number.isNaN(loss[i])) ? [] : [i],
  )
  const some = rows.map((i) => labels[i]!)
  const candidates = epochs.map(({ right, loss }) => ({
    right: rows.map((i) => right[i]!),
    loss: rows.map((i) => loss[i]!),
  }))
  return epochs.length === 0
    ? null
    : figureOf('crossFitted', crossFittedGrades(candidates, { labels: some, balanced }), some)
}
