// A head solved exactly: multinomial logistic regression with an L2 penalty by L-BFGS (Hastie, Tibshirani
// & Friedman, The Elements of Statistical Learning, section 4.4), over a path of penalties from strong to
// weak, each warm-started from the one before. Every photo is judged by heads that have not seen it nor its
// copies, so that all photos can teach the head that is kept, and the figure is still honest.
import { fitTemperature } from '../../../shared/statistics/calibration'
import type { Judgement } from '../../../shared/statistics/crossFit'
import { columnStatistics } from '../../../shared/statistics/columnStatistics'
import { softmax } from '../../../shared/statistics/metrics'
import type { HeadObjective, LinearHead, Standardisation } from '../tensorflow/headObjective'
import { stratifiedGroupFolds } from './folds'
import { minimise } from './lbfgs'

export interface ExactHeadInput {
  readonly objective: HeadObjective
  /** [photos, values]: what the objective was opened with. */
  readonly features: Float32Array
  readonly labels: readonly number[]
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
}

const folds = 5
/** Penalty for each column of the features, strongest first: half a power of ten between two. */
const penaltiesPerColumn = [-1, -1.5, -2, -2.5, -3, -3.5, -4, -4.5].map((power) => 10 ** power)
/** Of the gradient; the objective is a mean over photos. */
const tolerance = 3e-4
/** Weaker penalties are not tried once so many in a row were worse than the best. */
const patience = 2
/** As PyTorch's batch norm, which applies the statistics later. */
const epsilon = 1e-5

/** Yields each penalty's result as it is known; returns the head that is kept: fitted on all photos with
 *  the strongest penalty whose out-of-fold loss is within one standard error of the best (Breiman et al.
 *  1984, section 3.4.3; the error is that of the paired differences).
 *  @param breathe awaited between two evaluations, so that messages get through
 *  @throws {Failure} out-of-memory */
export async function* fitExactHead(
  input: ExactHeadInput,
  breathe: () => Promise<void>,
): AsyncGenerator<PenaltyResult, ExactHead> {
  const { objective, labels } = input
  const { values, classes, photos } = objective
  const own = photoWeights(input)
  const fold = stratifiedGroupFolds({ ...input, folds: Math.min(folds, photos) })
  const parts = [...new Set(fold)]
    .sort((a, b) => a - b)
    .map((held) => foldPart(input, { own, fold, held }))
  const results: PenaltyResult[] = []
  const logits: Float32Array[] = []
  for (const perColumn of penaltiesPerColumn) {
    const penalty = perColumn * values
    const outOfFold = new Float32Array(photos * classes)
    let [trainLoss, trainRight, trained] = [0, 0, 0]
    for (const part of parts) {
      part.head = await fit(objective, { ...part, penalty, breathe })
      const all = objective.logits({ ...part.head, ...part.statistics })
      const judged = judge(all, labels, classes)
      fold.forEach((f, i) => {
        const row = all.subarray(i * classes, (i + 1) * classes)
        if (f === part.held) outOfFold.set(row, i * classes)
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
    const best = indexOfBest(results, own)
    if (results.length - 1 - best >= patience) break
  }
  const chosen = chosenPenalty(results, own)
  const outOfFoldLogits = logits[chosen]!
  const temperature = fitTemperature({ logits: outOfFoldLogits, labels, classes })
  const { variance, ...statistics } = statisticsOf(input, () => true)
  const head = await fit(objective, {
    weights: own,
    statistics,
    head: parts[0]!.head,
    penalty: results[chosen]!.penalty,
    breathe,
  })
  return {
    weight: head.weight.map((value) => value / temperature),
    bias: head.bias.map((value) => value / temperature),
    ...statistics,
    variance,
    penalty: results[chosen]!.penalty,
    temperature,
    outOfFoldLogits,
  }
}

interface FoldPart {
  readonly held: number
  readonly weights: Float32Array
  readonly statistics: Standardisation
  /** The last solution; the next, weaker penalty starts from it. */
  head: LinearHead
}

function foldPart(
  input: ExactHeadInput,
  { own, fold, held }: { own: Float32Array; fold: readonly number[]; held: number },
): FoldPart {
  const { values, classes } = input.objective
  const weights = normalised(own.map((weight, i) => (fold[i] === held ? 0 : weight)))
  return {
    held,
    weights,
    statistics: statisticsOf(input, (i) => fold[i] !== held),
    head: { weight: new Float32Array(values * classes), bias: new Float32Array(classes) },
  }
}

/** 1 for each photo, or inversely to the photos of its class; of mean 1. */
function photoWeights({ labels, balanced }: ExactHeadInput): Float32Array {
  if (!balanced) return new Float32Array(labels.length).fill(1)
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return normalised(Float32Array.from(labels, (label) => 1 / counts.get(label)!))
}

function normalised(weights: Float32Array): Float32Array {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return sum > 0 ? weights.map((weight) => (weight * weights.length) / sum) : weights
}

/** Mean and 1 / deviation of the photos that teach. */
function statisticsOf(
  { features, objective: { values, photos } }: ExactHeadInput,
  teaches: (photo: number) => boolean,
): Standardisation & { readonly variance: Float32Array } {
  const rows = Array.from({ length: photos }, (_, i) => i).filter(teaches)
  const taught = new Float32Array(rows.length * values)
  rows.forEach((row, i) =>
    taught.set(features.subarray(row * values, (row + 1) * values), i * values),
  )
  const { mean, variance } = columnStatistics(taught, values)
  return {
    mean,
    variance,
    scale: variance.map((value) => 1 / Math.sqrt(value + epsilon)),
  }
}

interface Fit {
  readonly weights: Float32Array
  readonly statistics: Standardisation
  readonly head: LinearHead
  readonly penalty: number
  readonly breathe: () => Promise<void>
}

/** The solution for one penalty, from `head` on. */
async function fit(
  objective: HeadObjective,
  { weights, statistics, head, penalty, breathe }: Fit,
): Promise<LinearHead> {
  const { values, classes } = objective
  const size = values * classes
  const x = new Float64Array(size + classes)
  x.set(head.weight)
  x.set(head.bias, size)
  await minimise(
    async (at, gradient) => {
      await breathe()
      const current = Float32Array.from(at)
      const { loss, gradient: of } = objective.evaluate(
        { weight: current.subarray(0, size), bias: current.subarray(size), ...statistics },
        weights,
      )
      let squares = 0
      for (let i = 0; i < size; i++) {
        gradient[i] = of.weight[i]! + penalty * at[i]!
        squares += at[i]! ** 2
      }
      gradient.set(of.bias, size)
      return loss + (penalty / 2) * squares
    },
    x,
    { tolerance },
  )
  const solved = Float32Array.from(x)
  return { weight: solved.subarray(0, size), bias: solved.subarray(size) }
}

function judge(logits: Float32Array, labels: readonly number[], classes: number): Judgement {
  const scores = softmax(logits, classes)
  const right = labels.map((label, i) => {
    const row = scores.subarray(i * classes, (i + 1) * classes)
    return row.every((score) => score <= row[label]!)
  })
  const loss = labels.map((label, i) => -Math.log(Math.max(scores[i * classes + label]!, 1e-30)))
  return { right, loss }
}

const meanLoss = ({ outOfFold: { loss } }: PenaltyResult, weights: Float32Array) =>
  weights.reduce((sum, weight, i) => sum + weight * loss[i]!, 0) / weights.length

function indexOfBest(results: readonly PenaltyResult[], weights: Float32Array): number {
  const losses = results.map((result) => meanLoss(result, weights))
  return losses.indexOf(Math.min(...losses))
}

/** The first, so strongest, whose loss is above the best by no more than one standard error of the
 *  difference. */
export function chosenPenalty(results: readonly PenaltyResult[], weights: Float32Array): number {
  const best = indexOfBest(results, weights)
  const reference = results[best]!.outOfFold.loss
  return results.findIndex(({ outOfFold: { loss } }) => {
    const differences = Array.from(weights, (weight, i) => weight * (loss[i]! - reference[i]!))
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length
    const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const error = Math.sqrt(squares / Math.max(1, differences.length - 1) / differences.length)
    return mean <= error
  })
}
