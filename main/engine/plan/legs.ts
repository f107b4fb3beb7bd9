// The legs of a run, one after the other: what trains in each, what is cached, and the picture size. With
// progressive resizing a leg has two parts, a smaller size first, that share one schedule and one
// optimizer. Each LegSettings describes such a part, or else a whole leg.
import { stages, type Stage } from '../../../shared/network'
import { isAugmented, isSolved, type Leg, type RunConfig } from '../../../shared/runConfig'
import { splitNetwork, type Network } from '../network/layers'
import { elementCount } from '../network/tensor'

export interface LegSettings {
  /** Number of the leg in the configuration, from 1. */
  readonly leg: number
  /** The whole network at the picture size of this part. */
  readonly network: Network
  /** Shorter side in pixels to which a photo is scaled before the centre square is cut out. */
  readonly resize: number
  readonly trains: readonly Stage[]
  readonly frozen: readonly Stage[]
  /** Stages whose batch norms use (and keep estimating) the batch's statistics. */
  readonly batchStatistics: readonly Stage[]
  /** The lowest stage whose weights or statistics change. */
  readonly first: Stage
  /** The output of the layers below this stage is computed once and cached; null: nothing is. */
  readonly cutBefore: Stage | null
  /** The stage below `cutBefore`. */
  readonly cachedAfter: Stage | null
  readonly learningRate: number
  /** Factor on the learning rate of a stage. */
  readonly multiplier: (stage: Stage) => number
  /** Of this part. */
  readonly epochs: number
  /** Of the leg, before this part. */
  readonly epochsBefore: number
  /** Of the whole leg, over which the schedule runs. */
  readonly epochsOfLeg: number
}

interface LegInput {
  readonly config: RunConfig
  readonly networkAt: (size: number) => Network
  readonly resizeAt: (size: number) => number
  readonly size: number
  /** Training and validation photos together. */
  readonly photos: number
}
type LegConfig = Omit<Leg, 'frozen'> & Pick<RunConfig, 'frozen'>

/** Features larger than this are not cached. */
const maxCachedBytes = 6e9
/** Picture size of a leg's first part as a share of the full size: 128 for 224 (Touvron et al. 2019). */
const smallerShare = 0.64

export const planLegs = (input: LegInput): LegSettings[] =>
  (input.config.legs ?? [input.config]).flatMap((asked, i) => partsOf(asked, i + 1, input))

function partsOf(asked: LegConfig, leg: number, input: LegInput): LegSettings[] {
  const { size } = input
  const whole = settingsOf(asked, { leg, size }, input)
  const smaller = Math.round((size * smallerShare) / 32) * 32
  const before = Math.floor(asked.epochs / 2)
  const grows = input.config.progressiveResizing && whole.trains.length > 1
  if (!grows || before === 0 || smaller < 32 || smaller >= size) return [whole]
  return [
    { ...settingsOf(asked, { leg, size: smaller }, input), epochs: before },
    { ...whole, epochs: asked.epochs - before, epochsBefore: before },
  ]
}

function settingsOf(
  asked: LegConfig,
  { leg, size }: { leg: number; size: number },
  { config, networkAt, resizeAt, photos }: LegInput,
): LegSettings {
  const network = networkAt(size)
  const { present, frozen, trains } = frozenAndTrained(asked, network.layers)
  const solved = isSolved(config, trains)
  const batchStatistics = present.filter(
    (stage) => batchNormOf(stage, { config, trains }) === 'batch',
  )
  const first = present.find((stage) => trains.includes(stage) || batchStatistics.includes(stage))!
  const cachedBytes = elementCount(splitNetwork(network, first).above.inputShape) * 4 * photos
  const varies = isAugmented(config.augment) && !solved
  const cached = first !== 'stem' && !varies && (cachedBytes < maxCachedBytes || solved)
  return {
    leg,
    network,
    resize: resizeAt(size),
    trains,
    frozen,
    batchStatistics,
    first,
    cutBefore: cached ? first : null,
    cachedAfter: cached ? present[present.indexOf(first) - 1]! : null,
    learningRate: asked.learningRate ?? defaultRate(config, first),
    multiplier: (stage) =>
      asked.multipliers[stage] ?? (stage === 'head' || config.weights === null ? 1 : 0.1),
    // Solving counts as one.
    epochs: solved ? 1 : asked.epochs,
    epochsBefore: 0,
    epochsOfLeg: solved ? 1 : asked.epochs,
  }
}

/** The stages that the network has, and which of them are frozen. */
export function frozenAndTrained(
  { frozen: asked }: Pick<RunConfig, 'frozen'>,
  layers: Network['layers'],
) {
  const present = stages.filter((stage) => layers.some((layer) => layer.stage === stage))
  const frozen = present.filter(
    (stage) => stage !== 'head' && (asked ? asked.includes(stage) : true),
  )
  return { present, frozen, trains: present.filter((stage) => !frozen.includes(stage)) }
}

/** A head that trains alone on cached features uses the training set's statistics, measured once. */
function batchNormOf(
  stage: Stage,
  { config, trains }: { config: RunConfig; trains: readonly Stage[] },
) {
  const named = config.batchNorm[stage]
  if (named) return named
  const isHeadAlone = trains.length === 1 && stage === 'head' && !isAugmented(config.augment)
  return trains.includes(stage) && !isHeadAlone ? 'batch' : config.frozenBatchNorm
}

/** Found on ants-bees and cifar10-sample. */
function defaultRate({ optimizer }: RunConfig, first: Stage) {
  if (optimizer === 'adamw') return first === 'head' ? 2e-3 : 1e-3
  return first === 'head' ? 5e-3 : 2e-2
}
