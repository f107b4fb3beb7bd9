// A run judged on photos of which is known what they did in it.
import type { Split } from '../../../shared/dataset'
import type { BlockEffects, Evaluation } from '../../../shared/evaluation'
import { reduceRun } from '../../../shared/runState'
import { readEvents } from '../runFiles/runFolder'
import { blockEffects } from './blocks'
import { evaluateSamples, type Model } from './model'
import type { PhotosOfRun } from './photosOfRun'

/** The model of the run in `folder`, judged. */
export async function evaluateRun(
  model: Model,
  { folder, split, photos }: { folder: string; split: Split; photos: PhotosOfRun },
): Promise<Evaluation> {
  const { samples, basis } = photos
  const evaluation = await evaluateSamples(model, samples, { split, basis })
  const finished = basis.chose > 0 ? reduceRun(readEvents(folder)).finished : null
  return { ...evaluation, figure: finished?.figure ?? null }
}

/** On photos that the model itself judges honestly, where there are any. */
export function effectsOfBlocks(model: Model, { samples }: PhotosOfRun): Promise<BlockEffects> {
  const asked = samples.filter(({ logits }) => !logits)
  return blockEffects(model, asked.length > 0 ? asked : samples)
}
