// The objective of a linear head in a session: the photos' features stay in TensorFlow, and one call
// answers loss and gradient over all of them on every core.
import {
  emitHeadObjective,
  featuresName,
  targetsName,
  type HeadObjectiveShape,
} from '../graph/headObjective'
import type { Tensor } from '../network/tensor'
import { openSession } from './session'
import { assignVariables, variableSignatures } from './variableValues'

export interface Standardisation {
  /** [values]. */
  readonly mean: Float32Array
  /** [values]: 1 / deviation. */
  readonly scale: Float32Array
}
/** Linear in the standardised features. */
export interface LinearHead {
  /** [values, classes], row by row. */
  readonly weight: Float32Array
  /** [classes]. */
  readonly bias: Float32Array
}
export interface HeadObjective extends HeadObjectiveShape {
  /** Mean over the photos of weight x cross-entropy, and its gradient.
   *  @param photoWeights [photos], of mean 1; 0 leaves a photo out
   *  @throws {Failure} out-of-memory */
  evaluate(
    head: LinearHead & Standardisation,
    photoWeights: Float32Array,
  ): { readonly loss: number; readonly gradient: LinearHead }
  /** [photos, classes], of all photos. */
  logits(head: LinearHead & Standardisation): Float32Array
  dispose(): void
}

/** @param features [photos, values], row by row
 *  @param labels class of each photo, 0 to classes - 1 */
export async function openHeadObjective({
  features,
  labels,
  classes,
}: {
  readonly features: Float32Array
  readonly labels: readonly number[]
  readonly classes: number
}): Promise<HeadObjective> {
  const photos = labels.length
  const shape = { photos, values: features.length / photos, classes }
  const { graph, variables, signatures } = emitHeadObjective(shape)
  const session = await openSession(graph, { ...signatures, ...variableSignatures(variables) })
  const targets = new Float32Array(photos * classes)
  labels.forEach((label, i) => (targets[i * classes + label] = 1))
  const row = (data: Float32Array): Tensor => ({ shape: [data.length], data })
  assignVariables(
    session,
    variables,
    new Map([
      [featuresName, row(features)],
      [targetsName, row(targets)],
    ]),
  )
  return {
    ...shape,
    evaluate({ mean, scale, weight, bias }, photoWeights) {
      const { loss, ofWeight, ofBias } = session.run<'loss' | 'ofWeight' | 'ofBias'>('objective', {
        mean,
        scale,
        weight,
        bias,
        photoWeights,
      })
      return {
        loss: loss[0]!,
        gradient: { weight: ofWeight as Float32Array, bias: ofBias as Float32Array },
      }
    },
    logits: ({ mean, scale, weight, bias }) =>
      session.run<'logits'>('logits', { mean, scale, weight, bias }).logits as Float32Array,
    dispose: () => session.dispose(),
  }
}
