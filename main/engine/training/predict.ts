// How long the parts of a run take, from what such work cost when it was measured on this machine
// (device/speed.ts) and from what finished runs took against their plans. Pure: the costs come in.
import type { Architecture, Stage } from '../../../shared/network'
import { countValues, splitNetwork, type Network } from '../network/layers'
import { workOf, type Work } from '../network/work'

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

/** Kinds of work whose predictions are corrected apart: the most is learnt of the very same. */
export const kindsOf = (architecture: Architecture, first: Stage, cached: boolean) => ({
  before: `${cached ? 'features' : 'opening'}/${architecture}/${first}`,
  epoch: `${cached ? 'cached' : 'photos'}/${architecture}/${first}`,
})

export interface LegWork {
  readonly network: Network
  /** The lowest stage that training changes. */
  readonly first: Stage
  /** Whether what lies below it is computed once. */
  readonly cached: boolean
  readonly resize: number
  readonly batch: number
  readonly trainPhotos: number
  readonly valPhotos: number
  /** What training changes, with the optimiser's state. */
  readonly checkpointBytes: number
  readonly weightsBytes: number
}
export interface LegTime {
  readonly secondsBefore: number
  readonly secondsPerEpoch: number
}

export function predictLeg(leg: LegWork, costs: Costs): LegTime {
  const kinds = kindsOf(leg.network.architecture, leg.first, leg.cached)
  return {
    secondsBefore: secondsBefore(leg, costs) * costs.correction(kinds.before),
    secondsPerEpoch: secondsPerEpoch(leg, costs) * costs.correction(kinds.epoch),
  }
}

const photosOf = ({ trainPhotos, valPhotos }: LegWork) => trainPhotos + valPhotos
const compute = ({ multiplyAdds, values }: Work, rate: Rate) =>
  multiplyAdds * rate.perMultiplyAdd + values * rate.perValue

/** Computing and decoding go on at once: they share the cores, or the slower one decides. */
const together = (decoding: number, computing: number, { decodesBeside }: Speed) =>
  decodesBeside ? Math.max(decoding, computing) : decoding + computing

/** Opening the graphs, and the features that are not there yet. */
function secondsBefore(leg: LegWork, { speed, perPhoto, cached }: Costs): number {
  const { below, above } = splitNetwork(leg.network, leg.first)
  const trained = workOf(leg.cached ? above : leg.network)
  const opening = trained.layers * speed.training.perLayer
  if (!leg.cached) return opening
  const missing = Math.max(0, photosOf(leg) - cached(below, leg.resize))
  if (missing === 0) return opening
  const frozen = workOf(below)
  const bytes = countValues(above.inputShape) * 4
  return (
    opening +
    frozen.layers * speed.forward.perLayer +
    missing *
      (together(perPhoto, compute(frozen, speed.forward), speed) + bytes * speed.perWrittenByte)
  )
}

function secondsPerEpoch(leg: LegWork, { speed, perPhoto }: Costs): number {
  const { below, above } = splitNetwork(leg.network, leg.first)
  const { trainPhotos, valPhotos } = leg
  const frozen = leg.cached ? 0 : compute(workOf(below), speed.forward)
  const trained = workOf(above)
  const computing =
    trainPhotos * (frozen + compute(trained, speed.training)) +
    valPhotos * (frozen + compute(trained, speed.forward))
  const fetching = leg.cached
    ? photosOf(leg) * countValues(above.inputShape) * 4 * speed.perReadByte
    : photosOf(leg) * perPhoto
  const steps = Math.ceil(trainPhotos / leg.batch) + Math.ceil(valPhotos / leg.batch)
  return (
    (leg.cached ? fetching + computing : together(fetching, computing, speed)) +
    steps * speed.perStep +
    saving(leg, speed)
  )
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

/** Share of epochs that are the best so far, whose whole network is written. */
const bestShare = 0.3

/** An epoch's checkpoint, and the best weights now and then. */
const saving = ({ checkpointBytes, weightsBytes }: LegWork, speed: Speed) =>
  checkpointBytes * speed.perSavedByte + bestShare * weightsBytes * speed.perWrittenByte
