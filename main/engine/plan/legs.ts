// The parts of a run, one after the other: what trains in each, from which stage on pictures are
// computed anew, and at which size. A leg whose picture grows half-way is two parts that share one
// schedule and one optimiser.
import { stages, type Stage } from '../../../shared/network'
import { isAugmented, type Leg, type RunConfig } from '../../../shared/runConfig'
import { splitNetwork, type Network } from '../network/layers'
import { elementCount } from '../network/tensor'

export interface LegSettings {
  /** Of the configuration, from 1. */
  readonly leg: number
  /** At the size of this part. */
  readonly network: Network
  /** Shorter side of the picture that the square is cut from. */
  readonly resize: number
  readonly trains: readonly Stage[]
  readonly frozen: readonly Stage[]
  /** Stages whose batch norms use (and keep estimating) the batch's statistics. */
  readonly batchStatistics: readonly Stage[]
  /** The lowest stage that training changes. */
  readonly first: Stage
  /** What lies below this stage is computed once and cached; null: nothing is. */
  readonly cutBefore: Stage | null
  readonly cachedAfter: Stage | null
  readonly learningRate: number
  readonly multiplier: (stage: Stage) => number
  readonly epochs: number
  /** Of the same leg, before this part. */
  readonly epochsBefore: number
  /** Of the whole leg: what the schedule runs over. */
  readonly epochsOfLeg: number
}

interface LegInput {
  readonly config: RunConfig
  readonly networkAt: (size: number) => Network
  readonly resizeAt: (size: number) => number
  readonly size: number
  /** Training and validation together. */
  readonly photos: number
}
type Asked = Omit<Leg, 'frozen'> & Pick<RunConfig, 'frozen'>

/** Cached activations beyond this are computed anew instead. */
const mostCachedBytes = 6e9
/** Side of the first half's pictures: 128 for 224, as Touvron et al. 2019. */
const smallerShare = 0.64

export const planLegs = (input: LegInput): LegSettings[] =>
  (input.config.legs ?? [input.config]).flatMap((asked, i) => partsOf(asked, i + 1, input))

function partsOf(asked: Asked, leg: number, input: LegInput): LegSettings[] {
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
  asked: Asked,
  { leg, size }: { leg: number; size: number },
  { config, networkAt, resizeAt, photos }: LegInput,
): LegSettings {
  const network = networkAt(size)
  const present = stages.filter((stage) => network.layers.some((layer) => layer.stage === stage))
  const frozen = present.filter(
    (stage) => stage !== 'head' && (asked.frozen ? asked.frozen.includes(stage) : true),
  )
  const trains = present.filter((stage) => !frozen.includes(stage))
  const batchStatistics = present.filter(
    (stage) => batchNormOf(stage, { config, trains }) === 'batch',
  )
  const first = present.find((stage) => trains.includes(stage) || batchStatistics.includes(stage))!
  const cachedBytes = elementCount(splitNetwork(network, first).above.inputShape) * 4 * photos
  const cached = first !== 'stem' && !isAugmented(config.augment) && cachedBytes < mostCachedBytes
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
    epochs: asked.epochs,
    epochsBefore: 0,
    epochsOfLeg: asked.epochs,
  }
}

/** A lone head over cached features keeps the training set's statistics, measured once. */
function batchNormOf(
  stage: Stage,
  { config, trains }: { config: RunConfig; trains: readonly Stage[] },
) {
  const named = config.batchNorm[stage]
  if (named) return named
  const lone = trains.length === 1 && stage === 'head' && !isAugmented(config.augment)
  return trains.includes(stage) && !lone ? 'batch' : config.frozenBatchNorm
}

/** Found on ants-bees and cifar10-sample; a head alone on standardised features bears a higher one. */
function defaultRate({ optimizer }: RunConfig, first: Stage) {
  if (optimizer === 'adamw') return first === 'head' ? 2e-3 : 1e-3
  return first === 'head' ? 5e-3 : 2e-2
}
