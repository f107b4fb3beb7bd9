// What an epoch said of the validation photos, as its record keeps it.
import type { Calibration } from '../../../shared/figure'
import type { RunConfig } from '../../../shared/runConfig'
import { calibrate } from '../../../shared/statistics/calibration'
import { encodeJudgement, judgedPlaces } from '../../../shared/statistics/judgementCode'
import { scoreOf } from '../../../shared/statistics/score'
import type { Sample } from '../pictures/sample'
import type { EpochRecord } from '../runFiles/runProgress'
import type { Answers } from './sources'

export interface Validation {
  readonly record: Pick<
    EpochRecord,
    'valLoss' | 'valAccuracy' | 'valBalancedAccuracy' | 'predicted' | 'judged'
  >
  /** Null without photos. */
  readonly calibration: () => Calibration | null
}

/** With class weights and balanced sampling every class is meant to count the same, so the best epoch is
 *  chosen by balanced accuracy. */
export const isBalanced = ({ balance }: Pick<RunConfig, 'balance'>) => balance !== 'none'

/** @param answers of each of `photos`. */
export function validationOf(
  answers: Answers,
  photos: readonly Sample[],
  { classes, balanced }: { readonly classes: number; readonly balanced: boolean },
): Validation {
  const read = answers.flatMap((row, i) => (row ? [{ row, i }] : []))
  const logits = new Float32Array(read.length * classes)
  read.forEach(({ row }, n) => logits.set(row, n * classes))
  const scored = { logits, labels: read.map(({ i }) => photos[i]!.label), classes }
  const score = scoreOf(scored)
  const rowOf = new Map(read.map(({ i }, n) => [i, n]))
  const kept = read.length === 0 ? [] : judgedPlaces(photos.length).map((i) => rowOf.get(i))
  return {
    record: {
      valLoss: score.meanLoss,
      valAccuracy: score.accuracy,
      valBalancedAccuracy: balanced ? score.balancedAccuracy : null,
      predicted: [...score.predicted],
      judged: encodeJudgement({
        right: kept.map((n) => n !== undefined && score.right[n]!),
        loss: kept.map((n) => (n === undefined ? NaN : score.loss[n]!)),
      }),
    },
    calibration: () => calibrate(scored),
  }
}
