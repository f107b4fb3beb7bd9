// How long the parts of a run take, from what such work cost when it was measured on this machine
// (device/speed.ts) and from what finished runs took against their plans. Pure: the costs come in.
import type { Architecture, Stage } from '../../../shared/network'
import type { RunConfig } from '../../../shared/runConfig'
import { networkParameters, splitNetwork, type Network } from '../network/layers'
import { elementCount } from '../network/tensor'
import { workOf, type Work } from '../network/work'
import type { LegSettings } from './legs'

/** Seconds for a picture's multiply-adds and values, and for opening a graph's layers. */
export interface Rate {
  readonly perMultiplyAdd: number
  readonly perValue: number
  readonly perLayer: number
}
/** What was measured here for one kind of network in one precision. */
export interface Speed {
  /** A frozen part. */
  readonly forward: Rate
  /** A part that trains: forward, backward and update. */
  readonly training: Rate
  /** A step of next to nothing. */
  readonly perStep: number
  /** A byte of a checkpoint: out of the graph and onto the disk. */
  readonly perSavedByte: number
  /** A byte of features, written to the disk and read again. */
  readonly perWrittenByte: number
  readonly perReadByte: number
  /** Whether decoding costs nothing while the graph computes (a GPU), or both share the cores. */
  readonly decodesBeside: boolean
}
export interface Costs {
  readonly speed: Speed
  /** Seconds to read and decode one of these photos. */
  readonly perPhoto: number
  /** What finished runs of a kind took, as a multiple of their prediction. */
  readonly correction: (kind: string) => number
  /** Folds in that work of a kind took `ratio` times what was foretold. */
  readonly correct: (kind: string, ratio: number) => Promise<void>
  /** How many of these photos have the output of `below` in the cache. */
  readonly cached: (below: Network, resize: number) => number
}

/** Kinds of work whose predictions are corrected apart: the most is learnt of the very same. A lone
 *  head on features is mostly waiting for the disk and like nothing else. */
export const kindsOf = (architecture: Architecture, first: Stage, cached: boolean) => ({
  before: `${cached ? 'features' : 'opening'}/${architecture}/${first}`,
  epoch: `${!cached ? 'photos' : first === 'head' ? 'head' : 'cached'}/${architecture}/${first}`,
})

/** A part of a run with its photos. */
interface PartWork {
  readonly part: LegSettings
  readonly trainPhotos: number
  readonly valPhotos: number
  readonly config: RunConfig
}
export interface PartTime {
  readonly secondsBefore: number
  readonly secondsPerEpoch: number
}

export function predictPart(
  part: LegSettings,
  { costs, ...input }: Omit<PartWork, 'part'> & { readonly costs: Costs },
): PartTime {
  const { architecture } = part.network
  const kinds = kindsOf(architecture, part.first, part.cutBefore !== null)
  const work = { ...input, part }
  return {
    secondsBefore: secondsBefore(work, costs) * costs.correction(kinds.before),
    secondsPerEpoch: secondsPerEpoch(work, costs) * costs.correction(kinds.epoch),
  }
}

const photosOf = ({ trainPhotos, valPhotos }: PartWork) => trainPhotos + valPhotos
const compute = ({ multiplyAdds, values }: Work, rate: Rate) =>
  multiplyAdds * rate.perMultiplyAdd + values * rate.perValue

/** Computing and decoding go on at once: they share the cores, or the slower one decides. */
const together = (decoding: number, computing: number, { decodesBeside }: Speed) =>
  decodesBeside ? Math.max(decoding, computing) : decoding + computing

/** Opening the graphs, and the features that are not there yet. */
function secondsBefore(work: PartWork, { speed, perPhoto, cached }: Costs): number {
  const { network, first, cutBefore, resize } = work.part
  const { below, above } = splitNetwork(network, first)
  const trained = workOf(cutBefore === null ? network : above)
  const opening = trained.layers * speed.training.perLayer
  if (cutBefore === null) return opening
  const { valPhotos, config } = work
  const mirrored = config.testTimeFlips ? valPhotos : 0
  const missing = Math.max(0, photosOf(work) - cached(below, resize)) + mirrored
  if (missing === 0) return opening
  const frozen = workOf(below)
  const bytes = elementCount(above.inputShape) * 4
  return (
    opening +
    frozen.layers * speed.forward.perLayer +
    missing *
      (together(perPhoto, compute(frozen, speed.forward), speed) + bytes * speed.perWrittenByte)
  )
}

function secondsPerEpoch(work: PartWork, { speed, perPhoto }: Costs): number {
  const { part, trainPhotos, valPhotos, config } = work
  const { below, above } = splitNetwork(part.network, part.first)
  const isCached = part.cutBefore !== null
  const frozen = isCached ? 0 : compute(workOf(below), speed.forward)
  const trained = workOf(above)
  const views = config.testTimeFlips ? 2 : 1
  const computing =
    trainPhotos * (frozen + compute(trained, speed.training)) +
    views * valPhotos * (frozen + compute(trained, speed.forward))
  const fetching = isCached
    ? photosOf(work) * elementCount(above.inputShape) * 4 * speed.perReadByte
    : photosOf(work) * perPhoto
  const steps = Math.ceil(trainPhotos / config.batch) + Math.ceil(valPhotos / config.batch)
  return (
    (isCached ? fetching + computing : together(fetching, computing, speed)) +
    steps * speed.perStep +
    saving(work, speed)
  )
}

/** Share of epochs that are the best so far, whose whole network is written. */
const bestShare = 0.3

/** An epoch's checkpoint with the optimiser's state, and the best weights now and then. */
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

/** Two coefficients from two measurements, neither below zero. */
export function fitRate([a, b]: readonly [Measurement, Measurement], perLayer: number): Rate {
  const determinant = a.work.multiplyAdds * b.work.values - b.work.multiplyAdds * a.work.values
  const perMultiplyAdd = (a.seconds * b.work.values - b.seconds * a.work.values) / determinant
  const perValue = (a.work.multiplyAdds * b.seconds - b.work.multiplyAdds * a.seconds) / determinant
  const alone = (of: 'multiplyAdds' | 'values') =>
    (a.seconds + b.seconds) / (a.work[of] + b.work[of])
  if (!(perMultiplyAdd >= 0)) return { perMultiplyAdd: 0, perValue: alone('values'), perLayer }
  if (!(perValue >= 0)) return { perMultiplyAdd: alone('multiplyAdds'), perValue: 0, perLayer }
  return { perMultiplyAdd, perValue, perLayer }
}
export interface Measurement {
  readonly work: Work
  /** A picture. */
  readonly seconds: number
}
