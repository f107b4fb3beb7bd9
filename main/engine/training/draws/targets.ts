// The targets of the loss: the labels of a batch smoothed, weighted and mixed.
import type { RunConfig } from '../../../../shared/runConfig'
import type { Rows } from '../../tensorflow/trainer'
import type { Mix } from './mixing'
import type { Sample } from '../../pictures/sample'

/** The weight of a photo of each class, [classes]: photos / (classes x photos of the class), on average
 *  1 over the photos (King and Zeng 2001). */
export function classWeights(samples: readonly Sample[], classes: number): Float32Array {
  const counts = new Float64Array(classes)
  for (const { label } of samples) counts[label]!++
  return Float32Array.from(counts, (count) => samples.length / (classes * Math.max(1, count)))
}

interface TargetOptions {
  readonly classes: number
  /** [classes]; null: every photo counts 1. */
  readonly weights: Float32Array | null
  readonly mix: Mix | null
}

/** Targets [batch, classes] and weights [batch]; nothing where the plain labels are the targets.
 *  Smoothing: Szegedy et al. 2016, section 7. */
export function targetsOf(
  labels: Int32Array,
  { labelSmoothing }: Pick<RunConfig, 'labelSmoothing'>,
  { classes, weights, mix }: TargetOptions,
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
