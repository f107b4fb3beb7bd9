// The plan of a run, from its configuration, weights and photos: for each leg the stages that train, what
// is cached, and the learning rates. The window shows it beforehand and the training loop follows it.
import type { Stage, View } from '../../../shared/network'
import { isSolved, isTuned, type RunConfig } from '../../../shared/runConfig'
import type { RunPlan } from '../../../shared/runPlan'
import { Failure } from '../../../shared/failure'
import { reason } from '../../../shared/reason'
import { networkParameters, type Network } from '../network/layers'
import { elementCount } from '../network/tensor'
import type { Precision } from '../../../shared/device'
import { frozenAndTrained, planLegs, type LegSettings } from './legs'
import { scaleOf, viewsFor } from '../features/closerView'
import { predictPart, secondsOfTest, type Costs } from './predict'
import { startingNetwork } from '../weights/startingNetwork'
import { shorterSide, type StartingWeights } from '../weights/startingWeights'

export interface Settings {
  readonly plan: RunPlan
  /** At the picture size of the finished model. */
  readonly network: Network
  /** Shorter side in pixels to which a photo is scaled before the centre square is cut out. */
  readonly resize: number
  /** Trained one after the other; never empty. */
  readonly legs: readonly LegSettings[]
  /** The exact head that tuned stages start from; null: nothing is tuned from one. */
  readonly head: LegSettings | null
}
export interface PlanInput {
  readonly config: RunConfig
  readonly weights: StartingWeights
  readonly classes: number
  readonly trainPhotos: number
  readonly valPhotos: number
  /** Judged once when the run ends. */
  readonly testPhotos?: number
  readonly precision: Precision
  /** What work costs on this computer. */
  readonly costs: Costs
}

/** @throws {Failure} weights-mismatch where the configuration asks for another architecture */
export function planRun(input: PlanInput): Settings {
  const { config, weights, classes, precision, trainPhotos, valPhotos, testPhotos = 0 } = input
  requireArchitecture(config, weights)
  if (isTuned(config, trainsOf(input))) return planTuned(input)
  const views = viewsOf(input)
  const scale = scaleOf(views)
  const networkAt = (size: number) =>
    startingNetwork(weights, { cut: config.cut, size, classes, views })
  const size = Math.round((config.size ?? weights.size) / 4) * 4 * scale
  const resizeAt = (side: number) =>
    scale * (side === weights.size * scale ? weights.resize : shorterSide(side / scale))
  const network = networkAt(size)
  const legs = planLegs({ config, networkAt, resizeAt, size, photos: trainPhotos + valPhotos })
  const last = legs[legs.length - 1]!
  const parameters = networkParameters(network).filter(({ statistic }) => !statistic)
  const count = (trained: (stage: Stage) => boolean) =>
    parameters.reduce(
      (sum, { stage, shape }) => sum + (trained(stage) ? elementCount(shape) : 0),
      0,
    )
  const times = planTimes(legs, input)
  const epochs = times.reduce((sum, leg) => sum + leg.epochs, 0)
  const secondsTotal = times.reduce(
    (sum, leg) => sum + leg.secondsBefore + leg.epochs * leg.secondsPerEpoch,
    secondsOfTest(network, { testPhotos, costs: input.costs }),
  )
  return {
    network,
    resize: resizeAt(size),
    legs,
    head: null,
    plan: {
      architecture: weights.architecture,
      cut: network.cut,
      size,
      precision,
      trains: [...last.trains],
      frozen: [...last.frozen],
      batchStatistics: [...last.batchStatistics],
      multipliers: Object.fromEntries(last.trains.map((stage) => [stage, last.multiplier(stage)])),
      cachedAfter: last.cachedAfter,
      epochs,
      legs: times,
      trainPhotos,
      valPhotos,
      trainableParameters: count((stage) => last.trains.includes(stage)),
      parameters: count(() => true),
      secondsPerEpoch:
        times.reduce((sum, leg) => sum + leg.epochs * leg.secondsPerEpoch, 0) / epochs,
      secondsTotal,
      secondsUncached: sumOf(times, 'secondsUncached'),
      memoryBytes: Math.max(...legs.map((leg) => memoryOf(leg, config.batch))),
    },
  }
}

function viewsOf(input: PlanInput): readonly View[] {
  return isSolved(input.config, trainsOf(input))
    ? viewsFor(input.trainPhotos + input.valPhotos)
    : []
}

function trainsOf({ config, weights }: PlanInput): readonly Stage[] {
  const { layers } = startingNetwork(weights, { cut: config.cut, size: weights.size, classes: 2 })
  return frozenAndTrained(config, layers).trains
}

/** Exact heads that are solved besides the first: above tuned and above blended weights, each for the photos
 *  that taught the stages and then for all. */
const laterHeads = 4

/** The finished network is that of the exact head, whatever is kept below it. */
function planTuned(input: PlanInput): Settings {
  const { config } = input
  const alone = planRun({ ...input, config: { ...config, frozen: null } })
  const tuned = planRun({ ...input, config: { ...config, solver: 'gradient' } })
  const head = alone.legs[0]!
  const again = alone.plan.secondsTotal! * laterHeads
  return {
    ...tuned,
    network: alone.network,
    resize: alone.resize,
    head,
    plan: {
      ...tuned.plan,
      size: alone.plan.size,
      secondsTotal: tuned.plan.secondsTotal! + alone.plan.secondsTotal! + again,
    },
  }
}

function requireArchitecture({ architecture }: RunConfig, weights: StartingWeights) {
  if (architecture && architecture !== weights.architecture)
    throw new Failure('weights-mismatch', {
      tensor: reason('the-network'),
      found: weights.architecture,
      architecture: reason('this-run'),
      expected: architecture,
    })
}

/** An estimate of the bytes of memory that training takes. */
function memoryOf({ network, trains }: LegSettings, batch: number): number {
  const all = networkParameters(network).filter(({ statistic }) => !statistic)
  const count = (list: typeof all) => list.reduce((sum, { shape }) => sum + elementCount(shape), 0)
  const activations = network.layers
    .filter((layer) => trains.includes(layer.stage))
    .reduce((sum, { output }) => sum + elementCount(output), 0)
  const trainable = count(all.filter(({ stage }) => trains.includes(stage)))
  return 4e8 + count(all) * 4 + trainable * 8 + activations * 4 * 2.5 * batch
}

/** The predicted times of each leg of the configuration, summed over its parts. */
function planTimes(parts: readonly LegSettings[], input: PlanInput) {
  const numbers = [...new Set(parts.map(({ leg }) => leg))]
  return numbers.map((number) => {
    const own = parts.filter(({ leg }) => leg === number)
    const last = own[own.length - 1]!
    const times = own.map((part) => ({ ...predictPart(part, input), epochs: part.epochs }))
    const seconds = times.reduce((sum, time) => sum + time.epochs * time.secondsPerEpoch, 0)
    return {
      trains: [...last.trains],
      cachedAfter: last.cachedAfter,
      epochs: last.epochsOfLeg,
      secondsPerEpoch: seconds / last.epochsOfLeg,
      secondsBefore: sumOf(times, 'secondsBefore'),
      secondsFeatures: sumOf(times, 'secondsFeatures'),
      secondsUncached: sumOf(times, 'secondsUncached'),
    }
  })
}

const sumOf = <K extends string>(list: readonly Readonly<Record<K, number>>[], name: K) =>
  list.reduce((sum, each) => sum + each[name], 0)
