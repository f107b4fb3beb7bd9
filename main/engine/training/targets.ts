// What a batch is asked for: its labels smoothed, weighed and mixed, as rows that the loss takes.
import type { RunConfig } from '../../../shared/runConfig'
import type { Rows } from '../tensorflow/trainer'
import type { Mix } from './mixing'
import type { Sample } from '../pictures/sample'

/** How much a photo of each class counts: photos / (classes x photos of the class), 1 on average
 *  over the photos (King and Zeng 2001). */
export function classWeights(samples: readonly Sample[], classes: number): Float32Array {
  const counts = new Float64Array(classes)
  for (const { label } of samples) counts[label]!++
  return Float32Array.from(counts, (count) => samples.length / (classes * Math.max(1, count)))
}

interface Asked {
  readonly classes: number
  /** Of each class; null: 1. */
  readonly weights: Float32Array | null
  readonly mix: Mix | null
}

/** Nothing where the labels are wanted as they are. Smoothing: Szegedy et al. 2016, section 7. */
export function targetsOf(
  labels: Int32Array,
  { labelSmoothing }: Pick<RunConfig, 'labelSmoothing'>,
  { classes, weights, mix }: Asked,
): Pick<Rows, 'targets' | 'weights'> {
  if (labelSmoothing === 0 && !weights && !mix) return {}
  const targets = new Float32Array(labels.length * classes).fill(labelSmoothing / classes)
  const counts = new Float32Array(labels.length)
  labels.forEach((label, n) => {
    const kept = mix?.kept[n] ?? 1
    const other = mix ? labels[mix.partners[n]!]! : label
    targets[n * classes + label]! += (1 - labelSmoothing) * kept
    targets[n * classes + other]! += (1 - labelSmoothing) * (1 - kept)
    counts[n] = weights ? kept * weights[label]! + (1 - kept) * weights[other]! : 1
  })
  return { targets, weights: counts }
}
