// A head solved exactly over a path of penalties from strong to weak, each warm-started from the one
// before. Every photo is judged by heads that have not seen it nor its copies, so that all photos can
// teach the head that is kept, and the figure is still honest.
import { fitTemperature } from '../../../shared/statistics/calibration'
import type { Judgement } from '../../../shared/statistics/crossFit'
import { meanAndError } from '../../../shared/statistics/meanAndError'
import type { LinearHead, Standardisation } from '../tensorflow/headObjective'
import { stratifiedGroupFolds } from './folds'
import {
  judge,
  logitsOf,
  newPupil,
  photoWeights,
  statisticsOf,
  teach,
  type HeadData,
  type Pupil,
} from './headFit'

export interface ExactHeadInput extends HeadData {
  /** Photos of equal group are judged by heads that have seen none of them. */
  readonly groups: readonly string[]
  /** Every class counts the same, however few its photos are. */
  readonly balanced: boolean
  readonly seed: number
}

export interface PenaltyResult {
  /** Weight of half the squared weights against the mean cross-entropy. */
  readonly penalty: number
  /** Cross-entropy of the photos that taught, mean over the folds. */
  readonly trainLoss: number
  readonly trainAccuracy: number
  /** What heads that had not seen a photo said of it, for all photos. */
  readonly outOfFold: Judgement
}

export interface ExactHead extends LinearHead, Standardisation {
  /** [values]: what `scale` was made of, before `epsilon`. */
  readonly variance: Float32Array
  readonly penalty: number
  /** Already divided out of weight and bias. */
  readonly temperature: number
  /** [photos, classes], of heads that had not seen the photo, before the temperature. */
  readonly outOfFoldLogits: Float32Array
  /** The fold of each photo. */
  readonly fold: readonly number[]
}

const folds = 5
/** Penalty for each column of the features, strongest first: half a power of ten between two. */
const penaltiesPerColumn = [-1, -1.5, -2, -2.5, -3, -3.5, -4, -4.5].map((power) => 10 ** power)
export const penaltyCount = penaltiesPerColumn.length
/** With a whole standard error, as in Breiman et al., the chosen penalties were stronger, and accuracy 0.3 ± 0.2
 *  points and log-loss 0.014 worse on held-back photos of ants-bees (12 splits). */
const standardErrors = 0.5
/** Weaker penalties are not tried once so many in a row were worse than the best. */
const patience = 2

/** Yields each penalty's result as it is known; returns the head that is kept: fitted on all photos with
 *  the strongest penalty whose out-of-fold loss is within half a standard error of the best (after Breiman
 *  et al. 1984, section 3.4.3; the error is that of the paired differences).
 *  @param breathe awaited between two evaluations, so that messages get through
 *  @throws {Failure} out-of-memory */
export async function* fitExactHead(
  input: ExactHeadInput,
  breathe: () => Promise<void>,
): AsyncGenerator<PenaltyResult, ExactHead> {
  const { objective, labels } = input
  const { values, classes, photos } = objective
  const weights = photoWeights(labels, input.balanced)
  const fold = stratifiedGroupFolds({ ...input, folds: Math.min(folds, photos) })
  const parts = [...new Set(fold)]
    .sort((a, b) => a - b)
    .map((held) => ({ held, pupil: newPupil(input, weights, (i) => fold[i] !== held) }))
  const results: PenaltyResult[] = []
  const logits: Float32Array[] = []
  for (const perColumn of penaltiesPerColumn) {
    const penalty = perColumn * values
    const outOfFold = new Float32Array(photos * classes)
    let [trainLoss, trainRight, trained] = [0, 0, 0]
    for (const { held, pupil } of parts) {
      await teach(input, pupil, { penalty, breathe })
      const all = logitsOf(input, pupil)
      const judged = judge(all, labels, classes)
      fold.forEach((f, i) => {
        if (f === held) outOfFold.set(all.subarray(i * classes, (i + 1) * classes), i * classes)
        else {
          trainLoss += judged.loss[i]!
          trainRight += judged.right[i] ? 1 : 0
          trained++
        }
      })
    }
    const result = {
      penalty,
      trainLoss: trainLoss / Math.max(1, trained),
      trainAccuracy: trainRight / Math.max(1, trained),
      outOfFold: judge(outOfFold, labels, classes),
    }
    results.push(result)
    logits.push(outOfFold)
    yield result
    const best = indexOfBest(results, weights)
    if (results.length - 1 - best >= patience) break
  }
  const chosen = chosenPenalty(results, weights)
  const { penalty } = results[chosen]!
  const outOfFoldLogits = logits[chosen]!
  const temperature = fitTemperature({ logits: outOfFoldLogits, labels, classes })
  const { variance, ...statistics } = statisticsOf(input, () => true)
  const pupil: Pupil = { weights, statistics, head: parts[0]!.pupil.head }
  await teach(input, pupil, { penalty, breathe })
  return {
    weight: pupil.head.weight.map((value) => value / temperature),
    bias: pupil.head.bias.map((value) => value / temperature),
    ...statistics,
    variance,
    penalty,
    temperature,
    outOfFoldLogits,
    fold,
  }
}

export const meanLoss = ({ outOfFold: { loss } }: PenaltyResult, weights: Float32Array) =>
  weights.reduce((sum, weight, i) => sum + weight * loss[i]!, 0) / weights.length

function indexOfBest(results: readonly PenaltyResult[], weights: Float32Array): number {
  const losses = results.map((result) => meanLoss(result, weights))
  return losses.indexOf(Math.min(...losses))
}

/** The first, so strongest, whose loss is above the best by no more than so many standard errors of the
 *  difference. */
export function chosenPenalty(results: readonly PenaltyResult[], weights: Float32Array): number {
  const best = indexOfBest(results, weights)
  const reference = results[best]!.outOfFold.loss
  return results.findIndex(({ outOfFold: { loss } }) => {
    const differences = Array.from(weights, (weight, i) => weight * (loss[i]! - reference[i]!))
    const { mean, error } = meanAndError(differences)
    return mean <= standardErrors * error
  })
}
