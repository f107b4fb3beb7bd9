// Warnings at the start of a run about its photos: too few to judge by, classes that cannot be judged or that
// outnumber the others. Nothing is refused here (checkTrainable does that). Pure.
import { reason, type Reason } from '../../../shared/reason'
import { total, type SampleCounts } from '../plan/sampleCounts'
import type { Samples } from '../plan/samples'

/** With fewer, the 95 % interval of an accuracy is wider than 40 points. */
const fewToJudge = 20
/** A largest class with so many times the photos of the smallest, as in the health check. */
const imbalanced = 5

export interface Given {
  readonly samples: Samples
  /** Photos of each class that teach. */
  readonly counts: SampleCounts
  /** All photos teach, and judge out of fold. */
  readonly solved: boolean
  /** Every class counts the same. */
  readonly balanced: boolean
}

export function photoWarnings({ samples, counts, solved, balanced }: Given): Reason[] {
  const { classes, val } = samples
  const judged = solved ? total(counts.train) + val.length : val.length
  const validating = new Array<number>(classes.length).fill(0)
  for (const { label } of val) validating[label]!++
  const all = counts.train.map((count, label) => count + validating[label]!)
  const lone = classes.filter((_, label) => all[label] === 1)
  const unjudged = classes.filter((_, label) => validating[label] === 0 && all[label]! > 1)
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const named = (code: Parameters<typeof reason>[0], names: readonly string[]) =>
    names.length > 0 ? [reason(code, { names: names.slice(0, 8).join(', ') })] : []
  return [
    ...(judged === 0 ? [reason('no-validation')] : []),
    ...(judged > 0 && judged < fewToJudge ? [reason('few-validation', { photos: judged })] : []),
    ...named('class-of-one', lone),
    ...(solved || judged === 0 ? [] : named('class-not-validated', unjudged)),
    ...(!balanced && most >= imbalanced * least
      ? [
          reason('classes-imbalanced', {
            ...{ largest: classes[all.indexOf(most)]!, most },
            ...{ smallest: classes[all.indexOf(least)]!, least },
          }),
        ]
      : []),
  ]
}
