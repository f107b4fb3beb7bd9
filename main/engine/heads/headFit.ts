// One fit of a linear head: multinomial logistic regression with an L2 penalty by L-BFGS (Hastie,
// Tibshirani & Friedman, The Elements of Statistical Learning, section 4.4), on some of the photos.
import type { Judgement } from '../../../shared/statistics/crossFit'
import { columnStatistics } from '../../../shared/statistics/columnStatistics'
import { scoreOf } from '../../../shared/statistics/score'
import type { HeadObjective, LinearHead, Standardisation } from '../tensorflow/headObjective'
import { minimise } from './lbfgs'

export interface HeadData {
  readonly objective: HeadObjective
  /** [photos, values]: what the objective was opened with. */
  readonly features: Float32Array
  readonly labels: readonly number[]
}

/** Of the gradient; the objective is a mean over photos. */
const tolerance = 3e-4
/** As PyTorch's batch norm, which applies the statistics later. */
const epsilon = 1e-5

/** A head that some photos teach, and the solution so far, from which the next fit starts. */
export interface Pupil {
  /** [photos], of mean 1; 0: the photo does not teach. */
  readonly weights: Float32Array
  readonly statistics: Standardisation
  head: LinearHead
}

/** @param weights of all photos; of those that do not teach it, the weight is ignored */
export function newPupil(
  data: HeadData,
  weights: Float32Array,
  teaches: (photo: number) => boolean,
): Pupil {
  const { values, classes } = data.objective
  return {
    weights: normalised(weights.map((weight, i) => (teaches(i) ? weight : 0))),
    statistics: statisticsOf(data, teaches),
    head: { weight: new Float32Array(values * classes), bias: new Float32Array(classes) },
  }
}

/** 1 for each photo, or where classes are balanced inversely to the photos of its class; of mean 1. */
export function photoWeights(labels: readonly number[], balanced: boolean): Float32Array {
  if (!balanced) return new Float32Array(labels.length).fill(1)
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return normalised(Float32Array.from(labels, (label) => 1 / counts.get(label)!))
}

function normalised(weights: Float32Array): Float32Array {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return sum > 0 ? weights.map((weight) => (weight * weights.length) / sum) : weights
}

/** Mean, variance and 1 / deviation of the photos that teach. */
export function statisticsOf(
  { features, objective: { values, photos } }: HeadData,
  teaches: (photo: number) => boolean,
): Standardisation & { readonly variance: Float32Array } {
  const rows = Array.from({ length: photos }, (_, i) => i).filter(teaches)
  const taught = new Float32Array(rows.length * values)
  rows.forEach((row, i) =>
    taught.set(features.subarray(row * values, (row + 1) * values), i * values),
  )
  const { mean, variance } = columnStatistics(taught, values)
  return { mean, variance, scale: scaleOf(variance) }
}

/** 1 / deviation, as the network's batch norm before the head computes it. */
export const scaleOf = (variance: Float32Array) =>
  variance.map((value) => 1 / Math.sqrt(value + epsilon))

/** Solves for one penalty, from the pupil's head on, and keeps the solution in it.
 *  @param penalty weight of half the squared weights against the mean cross-entropy
 *  @param breathe awaited between two evaluations */
export async function teach(
  { objective }: HeadData,
  pupil: Pupil,
  { penalty, breathe }: { readonly penalty: number; readonly breathe: () => Promise<void> },
): Promise<void> {
  const { weights, statistics, head } = pupil
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
  pupil.head = { weight: solved.subarray(0, size), bias: solved.subarray(size) }
}

/** Logits [photos, classes] of all photos. */
export const logitsOf = ({ objective }: HeadData, { head, statistics }: Pupil) =>
  objective.logits({ ...head, ...statistics })

/** What logits say of each photo. */
export function judge(logits: Float32Array, labels: readonly number[], classes: number): Judgement {
  const { right, loss } = scoreOf({ logits, labels, classes })
  return { right, loss }
}
