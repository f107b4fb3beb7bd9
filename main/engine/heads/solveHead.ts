// The head of a run whose stages are all frozen: solved once for the whole picture and once for the whole
// picture with its middle seen closer, of which the second is kept only where it wins on photos that did
// not teach it.
import type { Figure, LearningCurve } from '../../../shared/figure'
import type { View } from '../../../shared/network'
import { crossFittedGrades } from '../../../shared/statistics/crossFit'
import { figureOf } from '../../../shared/statistics/figures'
import { meanAndError } from '../../../shared/statistics/meanAndError'
import type { Tensor } from '../network/tensor'
import { openHeadObjective } from '../tensorflow/headObjective'
import { fitExactHead, type ExactHead, type PenaltyResult } from './exactHead'
import { measureLearningCurve } from './learningCurve'

export interface SolveHeadInput {
  /** [photos, views x channels], each photo's views side by side. */
  readonly features: Float32Array
  /** What the features are of, the whole picture first. */
  readonly views: readonly View[]
  readonly labels: readonly number[]
  readonly classes: number
  /** Photos of equal group never judge heads that the others taught. */
  readonly groups: readonly string[]
  readonly balanced: boolean
  readonly seed: number
}

/** A head and the views whose features it takes, side by side. */
export interface HeadOnViews {
  readonly views: readonly View[]
  readonly head: ExactHead
}
export interface SolvedPath extends HeadOnViews {
  /** Strongest penalty first. */
  readonly path: readonly PenaltyResult[]
  /** Place of the kept head's penalty in the path. */
  readonly chosen: number
}

export interface SolvedHead {
  readonly kept: SolvedPath
  readonly candidates: readonly SolvedPath[]
  readonly learningCurve: LearningCurve
}

/** Yields each penalty that was tried, with the views that it was tried on.
 *  @throws {Failure} out-of-memory */
export async function* solveHead(
  input: SolveHeadInput,
  breathe: () => Promise<void>,
): AsyncGenerator<{ readonly views: readonly View[]; readonly result: PenaltyResult }, SolvedHead> {
  const inputs = input.views.length > 1 ? [firstView(input), input] : [input]
  const candidates: SolvedPath[] = []
  for (const each of inputs) candidates.push(yield* solve(each, breathe))
  const kept = candidates.reduce((best, next) => (isBetter(next, best) ? next : best))
  const its = inputs[candidates.indexOf(kept)]!
  const objective = await openHeadObjective(its)
  try {
    const learningCurve = await measureLearningCurve({ ...its, objective }, kept.head, breathe)
    return { kept, candidates, learningCurve }
  } finally {
    objective.dispose()
  }
}

async function* solve(
  input: SolveHeadInput,
  breathe: () => Promise<void>,
): AsyncGenerator<{ readonly views: readonly View[]; readonly result: PenaltyResult }, SolvedPath> {
  const { views } = input
  const objective = await openHeadObjective(input)
  try {
    const path: PenaltyResult[] = []
    const fitting = fitExactHead({ ...input, objective }, breathe)
    for (;;) {
      const next = await fitting.next()
      if (next.done) {
        const head = next.value
        return {
          views,
          path,
          chosen: path.findIndex(({ penalty }) => penalty === head.penalty),
          head,
        }
      }
      path.push(next.value)
      yield { views, result: next.value }
    }
  } finally {
    objective.dispose()
  }
}

function firstView(input: SolveHeadInput): SolveHeadInput {
  const { features, views, labels } = input
  const width = features.length / labels.length
  const channels = width / views.length
  const first = new Float32Array(labels.length * channels)
  labels.forEach((_, i) =>
    first.set(features.subarray(i * width, i * width + channels), i * channels),
  )
  return { ...input, features: first, views: views.slice(0, 1) }
}

/** Lower out-of-fold loss by more than one standard error of the paired differences. */
function isBetter(one: SolvedPath, other: SolvedPath): boolean {
  if (one === other) return false
  const [first, second] = [one, other].map(({ path, chosen }) => path[chosen]!.outOfFold.loss)
  const { mean, error } = meanAndError(Array.from(first!, (loss, i) => second![i]! - loss))
  return mean > error
}

/** How good the kept head is on photos it has not seen: each photo is graded by heads that other photos
 *  taught, at the penalty and views that other photos choose by their loss, as the kept ones were. Null without photos. */
export function outOfFoldFigure(
  candidates: readonly SolvedPath[],
  { labels, balanced }: Pick<SolveHeadInput, 'labels' | 'balanced'>,
): Figure | null {
  const judgements = candidates.flatMap(({ path }) => path.map(({ outOfFold }) => outOfFold))
  return figureOf(
    'outOfFold',
    crossFittedGrades(judgements, { labels, balanced, by: 'loss' }),
    labels,
  )
}

/** The head as the network's tensors: its standardisation and its dense layer. */
export function headTensors({ mean, variance, weight, bias }: ExactHead): Map<string, Tensor> {
  const [values, classes] = [mean.length, bias.length]
  const turned = new Float32Array(weight.length)
  for (let v = 0; v < values; v++)
    for (let c = 0; c < classes; c++) turned[c * values + v] = weight[v * classes + c]!
  return new Map([
    ['head_norm.running_mean', { shape: [values], data: mean }],
    ['head_norm.running_var', { shape: [values], data: variance }],
    ['fc.weight', { shape: [classes, values], data: turned }],
    ['fc.bias', { shape: [classes], data: bias }],
  ])
}

/** Logits [photos, classes] of a head for features [photos, values]; the views that it does not use may be
 *  there too, after those that it uses.
 *  @param width values of one photo's features */
export function answersOf(head: ExactHead, features: Float32Array, width: number): Float32Array {
  const { weight, bias, mean, scale } = head
  const [values, classes] = [mean.length, bias.length]
  const photos = features.length / width
  const logits = new Float32Array(photos * classes)
  for (let i = 0; i < photos; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes)
    row.set(bias)
    for (let v = 0; v < values; v++) {
      const value = (features[i * width + v]! - mean[v]!) * scale[v]!
      for (let c = 0; c < classes; c++) row[c]! += value * weight[v * classes + c]!
    }
  }
  return logits
}
