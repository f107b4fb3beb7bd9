// What each residual block adds to a trained network: its accuracy with that one block switched off,
// so that only the shortcut is left (Veit et al. 2016, figure 3 does this to trained ResNets).
import type { BlockEffects } from '../../../shared/evaluation'
import { yieldToEventLoop } from '../files/eventLoop'
import { residualBlocks } from '../network/residual'
import { decodeBatch, evenBatches, type PictureBatch } from '../pictures/batches'
import type { Sample } from '../pictures/sample'
import { largest } from '../../../shared/statistics/metrics'
import { photosAtOnce, squareOf, type Model } from './model'

/** Decoded pictures stay in memory, since every block sees all of them. */
const maxPictures = 512

export async function blockEffects(
  model: Model,
  samples: readonly Sample[],
): Promise<BlockEffects> {
  const batches: PictureBatch[] = []
  for (const part of evenBatches(evenlyPicked(samples, maxPictures), photosAtOnce))
    batches.push(await decodeBatch(part, squareOf(model)))
  const accuracyWithout = async (blocks: readonly string[]) => {
    model.inference.switchOff(blocks)
    return accuracyOf(model, batches)
  }
  try {
    const accuracy = await accuracyWithout([])
    const blocks = []
    for (const block of residualBlocks(model.network))
      blocks.push({ block, accuracy: await accuracyWithout([block]) })
    const pictures = batches.reduce((sum, batch) => sum + batch.samples.length, 0)
    return { runId: model.run.runId, pictures, accuracy, blocks }
  } finally {
    model.inference.switchOff([])
  }
}

async function accuracyOf({ inference, run }: Model, batches: readonly PictureBatch[]) {
  const classes = run.classes.length
  let [right, all] = [0, 0]
  for (const { samples, pixels } of batches) {
    if (samples.length === 0) continue
    const logits = inference.run({ pixels }, samples.length)
    samples.forEach(({ label }, n) => {
      if (largest(logits.subarray(n * classes, (n + 1) * classes)) === label) right++
    })
    all += samples.length
    await yieldToEventLoop()
  }
  return all === 0 ? 0 : right / all
}

/** At most `most` items, evenly spread over the list. */
const evenlyPicked = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most
    ? list
    : Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]!)
