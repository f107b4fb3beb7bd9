// Predicts how long a leg takes, from the speed measured on this computer (speed.ts) and from the times
// of finished runs against their plans. Pure functions: the costs are passed in.
import type { Architecture, Stage } from '../../../shared/network'
import { isSolved, type RunConfig } from '../../../shared/runConfig'
import { networkParameters, splitNetwork, type Network } from '../network/layers'
import { elementCount } from '../network/tensor'
import { workOf, type Work } from '../network/work'
import type { LegSettings } from './legs'

/** Seconds for each multiply-add and each value written in computing a picture, and for each layer in
 *  opening a graph. */
export interface Rate {
  readonly perMultiplyAdd: number
  readonly perValue: number
  readonly perLayer: number
}
/** Measured on this computer for one kind of network and one precision. */
export interface Speed {
  /** Frozen layers. */
  readonly forward: Rate
  /** Layers that train: forward, backward and update. */
  readonly training: Rate
  /** Seconds of overhead of a training step. */
  readonly perStep: number
  /** Seconds to read a byte out of the graph and write it to a checkpoint. */
  readonly perSavedByte: number
  /** Seconds to write a byte of features to the disk, and to read it. */
  readonly perWrittenByte: number
  readonly perReadByte: number
  /** True if photos are decoded while the graph computes elsewhere (a GPU); false if both share the
   *  cores. */
  readonly decodesBeside: boolean
}
export interface Costs {
  readonly speed: Speed
  /** Seconds to read and decode one of these photos. */
  readonly perPhoto: number
  /** Seconds taken / seconds predicted, from finished runs of the same kind of work. */
  readonly correction: (kind: string) => number
  /** Learns from a run: work of this kind took `taken` times what is predicted without a correction. */
  readonly correct: (kind: string, taken: number) => Promise<void>
  /** How many of these photos have the output of `below` in the feature cache. */
  readonly cached: (below: Network, resize: number) => number
}

/** Names the kinds of work whose predictions are corrected separately: opening the graphs and computing
 *  features before the first epoch, and an epoch. Training the head alone on features mostly waits for the
 *  disk, so it is a kind of its own. */
export const kindsOf = (architecture: Architecture, first: Stage, cached: boolean) => ({
  opening: `opening/${architecture}/${first}`,
  features: `features/${architecture}/${first}`,
  epoch: `${!cached ? 'photos' : first === 'head' ? 'head' : 'cached'}/${architecture}/${first}`,
  solving: `solving/${architecture}/${first}`,
})

/** A leg, or a part of one, with its photos. */
interface PartWork {
  readonly part: LegSettings
  readonly trainPhotos: number
  readonly valPhotos: number
  readonly config: RunConfig
}
export interface PartTime {
  /** With those for features. */
  readonly secondsBefore: number
  /** For the features that are not in the cache, and for all of them. */
  readonly secondsFeatures: number
  readonly secondsUncached: number
  readonly secondsPerEpoch: number
}

export function predictPart(
  part: LegSettings,
  { costs, ...input }: Omit<PartWork, 'part'> & { readonly costs: Costs },
): PartTime {
  const { architecture } = part.network
  const kinds = kindsOf(architecture, part.first, part.cutBefore !== null)
  const work = { ...input, part }
  const features = (cached: Costs['cached']) =>
    secondsOfFeatures(work, { ...costs, cached }) * costs.correction(kinds.features)
  const secondsFeatures = features(costs.cached)
  return {
    secondsBefore:
      secondsOfOpening(work, costs) * costs.correction(kinds.opening) + secondsFeatures,
    secondsFeatures,
    secondsUncached: features(() => 0),
    secondsPerEpoch: isSolved(input.config, part.trains)
      ? secondsOfSolving(work, costs) * costs.correction(kinds.solving)
      : secondsPerEpoch(work, costs) * costs.correction(kinds.epoch),
  }
}

const photosOf = ({ trainPhotos, valPhotos }: PartWork) => trainPhotos + valPhotos
const compute = ({ multiplyAdds, values }: Work, rate: Rate) =>
  multiplyAdds * rate.perMultiplyAdd + values * rate.perValue

/** Decoding and computing run at the same time: they share the cores, or the slower one decides. */
const together = (decoding: number, computing: number, { decodesBeside }: Speed) =>
  decodesBeside ? Math.max(decoding, computing) : decoding + computing

function secondsOfOpening({ part }: PartWork, { speed }: Costs): number {
  const { above } = splitNetwork(part.network, part.first)
  const trained = workOf(part.cutBefore === null ? part.network : above)
  return trained.layers * speed.training.perLayer
}

/** Computing the features that are not in the cache. */
function secondsOfFeatures(work: PartWork, { speed, perPhoto, cached }: Costs): number {
  const { network, first, cutBefore, resize } = work.part
  if (cutBefore === null) return 0
  const { below, above } = splitNetwork(network, first)
  const { valPhotos, config } = work
  const mirrored = config.testTimeFlips ? valPhotos : 0
  const missing = Math.max(0, photosOf(work) - cached(below, resize)) + mirrored
  if (missing === 0) return 0
  const frozen = workOf(below)
  const bytes = elementCount(above.inputShape) * 4
  return (
    frozen.layers * speed.forward.perLayer +
    missing *
      (together(perPhoto, compute(frozen, speed.forward), speed) + bytes * speed.perWrittenByte)
  )
}

/** Judging the test photos by the finished model. */
export function secondsOfTest(
  network: Network,
  { testPhotos, costs }: { readonly testPhotos: number; readonly costs: Costs },
): number {
  if (testPhotos === 0) return 0
  const { speed, perPhoto, correction } = costs
  const work = workOf(network)
  const seconds =
    work.layers * speed.forward.perLayer +
    testPhotos * together(perPhoto, compute(work, speed.forward), speed)
  return seconds * correction(kindsOf(network.architecture, 'head', true).features)
}

function secondsPerEpoch(work: PartWork, { speed, perPhoto }: Costs): number {
  const { part, trainPhotos, valPhotos, config } = work
  const { below, above } = splitNetwork(part.network, part.first)
  const isCached = part.cutBefore !== null
  const frozen = isCached ? 0 : compute(workOf(below), speed.forward)
  const trained = workOf(above)
  const views = config.testTimeFlips ? 2 : 1
  const shown = trainPhotos * config.passes
  const computing =
    shown * (frozen + compute(trained, speed.training)) +
    views * valPhotos * (frozen + compute(trained, speed.forward))
  const fetching = isCached
    ? photosOf(work) * elementCount(above.inputShape) * 4 * speed.perReadByte
    : (shown + valPhotos) * perPhoto
  const steps = Math.ceil(shown / config.batch) + Math.ceil(valPhotos / config.batch)
  return (
    (isCached ? fetching + computing : together(fetching, computing, speed)) +
    steps * speed.perStep +
    saving(work, speed)
  )
}

/** How often the loss of a head and its gradient are computed over all photos, for each choice of views:
 *  measured on ants-bees and cifar10-sample. */
const evaluations = 1500

/** Solving a head for each choice of views, and writing the network. */
function secondsOfSolving({ part, trainPhotos, valPhotos }: PartWork, { speed }: Costs): number {
  const head = workOf(splitNetwork(part.network, 'head').above)
  const views = Math.max(1, part.network.views.length)
  const perEvaluation =
    2 * (trainPhotos + valPhotos) * head.multiplyAdds * speed.forward.perMultiplyAdd + speed.perStep
  const bytes = networkParameters(part.network).reduce(
    (sum, { shape }) => sum + 4 * elementCount(shape),
    0,
  )
  return views * evaluations * perEvaluation + bytes * speed.perWrittenByte
}

/** Expected share of epochs that are the best so far; after these the whole network is written. */
const bestShare = 0.3

/** Seconds an epoch: its checkpoint with the optimizer's state, and the best weights now and then. */
function saving({ part, config }: PartWork, speed: Speed): number {
  const bytes = (trained: (stage: Stage) => boolean) =>
    networkParameters(part.network).reduce(
      (sum, { stage, shape }) => sum + (trained(stage) ? 4 * elementCount(shape) : 0),
      0,
    )
  const copies = config.optimizer === 'sgd' ? 2 : 3
  const checkpoint = copies * bytes((stage) => part.trains.includes(stage))
  return checkpoint * speed.perSavedByte + bestShare * bytes(() => true) * speed.perWrittenByte
}

/** Solves two measurements for the two coefficients of a rate; neither is below zero. */
export function fitRate([a, b]: readonly [Measurement, Measurement], perLayer: number): Rate {
  const determinant = a.work.multiplyAdds * b.work.values - b.work.multiplyAdds * a.work.values
  const perMultiplyAdd = (a.seconds * b.work.values - b.seconds * a.work.values) / determinant
  const perValue = (a.work.multiplyAdds * b.seconds - b.work.multiplyAdds * a.seconds) / determinant
  const ifOnly = (of: 'multiplyAdds' | 'values') =>
    (a.seconds + b.seconds) / (a.work[of] + b.work[of])
  if (!(perMultiplyAdd >= 0)) return { perMultiplyAdd: 0, perValue: ifOnly('values'), perLayer }
  if (!(perValue >= 0)) return { perMultiplyAdd: ifOnly('multiplyAdds'), perValue: 0, perLayer }
  return { perMultiplyAdd, perValue, perLayer }
}
export interface Measurement {
  readonly work: Work
  /** Per picture. */
  readonly seconds: number
}
