// The features of a backbone without its head, under the same key as those of a run that solves a head, so
// that both share what is cached.
import { BatchLimit } from './batchLimit'
import { scaleOf, viewsFor } from './closerView'
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
  /** Number of pictures: large collections have no closer view. */
  readonly pictures: number
  readonly hash: (path: string) => Promise<string>
}

/** A batch blocks the engine's thread; two pictures of a ResNet-50 in two views take about 0.2 s on two
 *  cores. */
const rowsAtOnce = 4

/** The caller must close them.
 *  @throws {Failure} any failure of startingWeights and of reading weights */
export async function openBackbone({
  home,
  weights: name,
  precision,
  pictures,
  hash,
}: Backbone): Promise<Features> {
  const weights = await startingWeights(home, {
    weights: name,
    architecture: null,
    cut: null,
    seed: 1,
  })
  const views = viewsFor(pictures)
  const scale = scaleOf(views)
  const size = weights.size * scale
  // The head is never computed; its number of classes does not matter.
  const network = startingNetwork(weights, { cut: null, size, classes: 2, views })
  return openFeatures({
    below: splitNetwork(network, 'head').below,
    tensors: startingTensors(network, weights, 1),
    fingerprint: weights.fingerprint,
    precision,
    limit: new BatchLimit(),
    resize: weights.resize * scale,
    cacheRoot: homePaths(home).features,
    hash,
    photosAtOnce: rowsAtOnce / Math.max(1, views.length),
  })
}
