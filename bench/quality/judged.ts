// How good a model's answers are on photos that it has not seen. The same for Restage and for its peers.
import { expectedCalibrationError } from '../../shared/statistics/calibration'
import { scoreOf } from '../../shared/statistics/score'

export interface Judged {
  readonly accuracy: number
  readonly balancedAccuracy: number
  /** Mean of minus the logarithm of the true class's probability. */
  readonly logLoss: number
  /** Expected calibration error, 15 bins of equal width. */
  readonly ece: number
}

/** So that a single photo that a model was certain of, wrongly, does not make the mean infinite. */
const least = 1e-7

/** @param probabilities one row a photo. @throws RangeError when there are not as many rows as labels */
export function judge(
  probabilities: readonly (readonly number[])[],
  labels: readonly number[],
): Judged {
  if (probabilities.length !== labels.length)
    throw new RangeError(`${probabilities.length} answers for ${labels.length} photos`)
  const photos = {
    logits: Float32Array.from(
      probabilities.flatMap((row) => row.map((share) => Math.log(Math.max(least, share)))),
    ),
    labels,
    classes: probabilities[0]?.length ?? 0,
  }
  const { accuracy, balancedAccuracy, meanLoss } = scoreOf(photos)
  return { accuracy, balancedAccuracy, logLoss: meanLoss, ece: expectedCalibrationError(photos) }
}
