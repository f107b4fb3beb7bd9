// The head of a run whose stages are all frozen: solved once for the whole picture and once for the whole
// picture with its middle seen closer, of which the second is kept only where it wins on photos that did
// not teach it.
import { accuracyInterval, type Interval } from '../../../shared/statistics/interval'
import { crossFittedGrades } from '../../../shared/statistics/crossFit'
import type { View } from '../network/layers'
import type { Tensor } from '../network/tensor'
import { openHeadObjective } from '../tensorflow/headObjective'
import { fitExactHead, type ExactHead, type PenaltyResult } from './exactHead'

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

export interface Candidate {
  readonly views: readonly View[]
  /** Strongest penalty first. */
  readonly path: readonly PenaltyResult[]
  /** Place of the kept head's penalty in the path. */
  readonly chosen: number
  readonly head: ExactHead
}

/** Yields each candidate when it is solved; returns the one that is kept.
 *  @throws {Failure} out-of-memory */
export async function* solveHead(
  input: SolveHeadInput,
  breathe: () => Promise<void>,
): AsyncGenerator<Candidate, Candidate> {
  const whole = await solve(firstView(input), breathe)
  yield whole
  if (input.views.length === 1) return whole
  const both = await solve(input, breathe)
  yield both
  return isBetter(both, whole) ? both : whole
}

async function solve(
  { features, views, labels, classes, ...rest }: SolveHeadInput,
  breathe: () => Promise<void>,
): Promise<Candidate> {
  const objective = await openHeadObjective({ features, labels, classes })
  try {
    const path: PenaltyResult[] = []
    const fitting = fitExactHead({ objective, features, labels, ...rest }, breathe)
    for (;;) {
      const next = await fitting.next()
      if (!next.done) path.push(next.value)
      else {
        const head = next.value
        const chosen = path.findIndex(({ penalty }) => penalty === head.penalty)
        return { views, path, chosen, head }
      }
    }
  } finally {
    objective.dispose()
  }
}

function firstView(input: SolveHeadInput): SolveHeadInput {
  const { features, views, labels } = input
  if (views.length === 1) return input
  const width = features.length / labels.length
  const channels = width / views.length
  const first = new Float32Array(labels.length * channels)
  labels.forEach((_, i) =>
    first.set(features.subarray(i * width, i * width + channels), i * channels),
  )
  return { ...input, features: first, views: views.slice(0, 1) }
}

/** Lower out-of-fold loss by more than one standard error of the paired differences. */
function isBetter(one: Candidate, other: Candidate): boolean {
  const [first, second] = [one, other].map(({ path, chosen }) => path[chosen]!.outOfFold.loss)
  const gains = Array.from(first!, (loss, i) => second![i]! - loss)
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0)
  return mean > Math.sqrt(squares / Math.max(1, gains.length - 1) / gains.length)
}

export interface OutOfFoldFigure extends Interval {
  readonly accuracy: number
  /** Mean over the classes of the share that was right. */
  readonly balancedAccuracy: number
  readonly photos: number
}

/** How good the kept head is on photos it has not seen: each photo is graded by heads that other photos
 *  taught, at the penalty and views that other photos chose. */
export function outOfFoldFigure(
  candidates: readonly Candidate[],
  { labels, balanced }: Pick<SolveHeadInput, 'labels' | 'balanced'>,
): OutOfFoldFigure {
  const judgements = candidates.flatMap(({ path }) => path.map(({ outOfFold }) => outOfFold))
  const grades = crossFittedGrades(judgements, { labels, balanced })
  const right = grades.reduce((sum, grade) => sum + grade, 0)
  const classes = [...new Set(labels)]
  const recalls = classes.map((label) => {
    const own = grades.filter((_, i) => labels[i] === label)
    return own.reduce((sum, grade) => sum + grade, 0) / own.length
  })
  return {
    accuracy: right / Math.max(1, labels.length),
    balancedAccuracy:
      recalls.reduce((sum, recall) => sum + recall, 0) / Math.max(1, classes.length),
    photos: labels.length,
    ...accuracyInterval(right, labels.length),
  }
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
