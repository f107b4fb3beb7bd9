// The outputs of a leg's frozen layers, with the weights as they are when it begins.
import type { RunNews } from '../../../shared/runEvents'
import { openFeatures, type Features } from '../features/features'
import { splitNetwork } from '../network/layers'
import type { Sample } from '../pictures/sample'
import type { LegSettings } from '../plan/legs'
import { afterOtherWork } from '../runFiles/runProgress'
import { retryWhenPossible } from './retryWhenPossible'
import type { TrainingState } from './trainingState'

export function openLegFeatures(
  { input, weights, limit }: Pick<TrainingState, 'input' | 'weights' | 'limit'>,
  { network, cutBefore, resize }: LegSettings,
  { mirrored }: { readonly mirrored: boolean },
): Promise<Features> {
  const { below } = splitNetwork(network, cutBefore!)
  return openFeatures({
    below,
    tensors: weights.tensors,
    limit,
    fingerprint: weights.fingerprint(below, input.weights.fingerprint),
    precision: input.settings.plan.precision,
    resize,
    cacheRoot: input.featureCache,
    hash: input.hash,
    mirrored,
  })
}

/** A full disk interrupts the computation; it then continues after what the cache already holds. */
export async function* computeFeatures(
  state: TrainingState,
  features: Features,
  photos: readonly Sample[],
): AsyncGenerator<RunNews> {
  const { control } = state.input
  let filling = features.fill(photos)
  state.countSeconds()
  let [computed, seconds] = [0, 0]
  for (;;) {
    const next = yield* retryWhenPossible(control, () =>
      filling.next().catch((error: unknown) => {
        filling = features.fill(photos)
        throw error
      }),
    )
    seconds += state.countSeconds()
    if (next.done) break
    const { done, total, unreadable } = next.value
    computed += next.value.computed
    yield* state.warnings(unreadable)
    const imagesPerSecond = computed > 0 ? computed / seconds : null
    yield { type: 'phase', phase: 'features', done, total, imagesPerSecond }
    yield* control.pausePoint()
  }
  state.progress = afterOtherWork(state.progress, { features: seconds })
  await features.rest()
}
