// The features of a backbone without its head: of the picture, under the same key as a run that trains
// the head alone, so that both share cached features; and of its middle at twice the scale,
// since what a photo is of often fills a small part of it. With both, wrong labels in ants-bees were
// found better by either backbone (bench/suggest).
import { BatchLimit } from './batchLimit'
import { openFeatures, type Features } from './features'
import { homePaths, type Home } from '../files/home'
import { startingNetwork, startingTensors } from '../weights/startingNetwork'
import { startingWeights } from '../weights/startingWeights'
import type { Precision } from '../../../shared/device'
import { splitNetwork } from '../network/layers'

export interface Backbone {
  readonly home: Home
  /** A catalogue id or a file. */
  readonly weights: string
  readonly precision: Precision
  /** Number of pictures: large collections skip the second look, which doubles time and memory. */
  readonly pictures: number
  readonly hash: (path: string) => Promise<string>
}

/** A batch blocks the engine's thread; four pictures of a ResNet-50 take about 0.2 s on two cores. */
const photosAtOnce = 4
const maxPicturesForCloseLook = 5000
const closer = 2

/** One backbone for each look at a picture; the caller must close them.
 *  @throws {Failure} any failure of startingWeights and of reading weights */
export async function openBackbone({
  home,
  weights: name,
  precision,
  pictures,
  hash,
}: Backbone): Promise<Features[]> {
  const weights = await startingWeights(home, {
    weights: name,
    architecture: null,
    cut: null,
    seed: 1,
  })
  // The head is never computed; its number of classes does not matter.
  const network = startingNetwork(weights, { cut: null, size: weights.size, classes: 2 })
  const tensors = startingTensors(network, weights, 1)
  const open = (scale: number) =>
    openFeatures({
      below: splitNetwork(network, 'head').below,
      tensors,
      fingerprint: weights.fingerprint,
      precision,
      limit: new BatchLimit(),
      resize: weights.resize * scale,
      cacheRoot: homePaths(home).features,
      hash,
      photosAtOnce,
    })
  const first = await open(1)
  if (pictures > maxPicturesForCloseLook) return [first]
  try {
    return [first, await open(closer)]
  } catch (error) {
    await first.close()
    throw error
  }
}
