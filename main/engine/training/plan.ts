// What a run will do, from what was asked and what is there: which stages train, what is computed
// once, which learning rates apply. The window shows it beforehand; the loop follows it.
import { stages, type Cut, type Stage } from '../../../shared/network'
import { isAugmented, type RunConfig, type RunPlan } from '../../../shared/run'
import { Failure } from '../../../shared/failure'
import { buildNetwork } from '../network/family'
import { countValues, networkParameters, splitNetwork, type Network } from '../network/layers'
import type { Precision } from '../graph/emit'
import { predictLeg, type Costs } from './predict'
import { lastStage, shorterSide, type StartingWeights } from './startingWeights'

export interface Settings {
  readonly plan: RunPlan
  readonly network: Network
  readonly resize: number
  readonly learningRate: number
  /** What lies below this stage is computed once and cached; null: nothing is. */
  readonly cutBefore: Stage | null
  readonly multiplier: (stage: Stage) => number
}
export interface PlanInput {
  readonly config: RunConfig
  readonly weights: StartingWeights
  readonly classes: number
  readonly trainPhotos: number
  readonly valPhotos: number
  readonly precision: Precision
  /** What work costs here. */
  readonly costs: Costs
}

/** Cached activations beyond this are computed anew instead. */
const mostCachedBytes = 6e9

export function planRun({
  config,
  weights,
  classes,
  trainPhotos,
  valPhotos,
  precision,
  costs,
}: PlanInput): Settings {
  if (config.architecture && config.architecture !== weights.architecture) {
    throw new Failure('weights-mismatch', {
      tensor: 'The network in the file',
      found: weights.architecture,
      architecture: 'this run',
      expected: config.architecture,
    })
  }
  const { architecture, flavour } = weights
  const size = Math.round((config.size ?? weights.size) / 4) * 4
  const cut = smallerCut(config.cut, weights.cut)
  const network = buildNetwork({
    architecture,
    flavour,
    cut: cut === lastStage(architecture) ? null : cut,
    size,
    classes,
    standardise: true,
  })
  const present = stages.filter((stage) => network.layers.some((layer) => layer.stage === stage))
  const frozen = present.filter(
    (stage) => stage !== 'head' && (config.frozen ? config.frozen.includes(stage) : true),
  )
  const trains = present.filter((stage) => !frozen.includes(stage))
  const batchStatistics = present.filter(
    (stage) => batchNormOf(stage, { config, trains }) === 'batch',
  )
  const first = present.find((stage) => trains.includes(stage) || batchStatistics.includes(stage))!
  const firstCosts = splitNetwork(network, first)
  const cachedBytes = countValues(firstCosts.above.inputShape) * 4 * (trainPhotos + valPhotos)
  const cached = first !== 'stem' && !isAugmented(config.augment) && cachedBytes < mostCachedBytes
  const parameters = networkParameters(network).filter(({ statistic }) => !statistic)
  const count = (list: typeof parameters) =>
    list.reduce((sum, { shape }) => sum + countValues(shape), 0)
  const trainable = count(parameters.filter(({ stage }) => trains.includes(stage)))
  const activations = network.layers
    .filter((layer) => trains.includes(layer.stage))
    .reduce((sum, { output }) => sum + countValues(output), 0)
  const resize = size === weights.size ? weights.resize : shorterSide(size)
  const time = predictLeg(
    {
      ...{ network, first, cached, resize, trainPhotos, valPhotos, batch: config.batch },
      checkpointBytes: 4 * trainable * (config.optimizer === 'sgd' ? 2 : 3),
      weightsBytes: 4 * count(parameters),
    },
    costs,
  )
  return {
    network,
    resize,
    learningRate: config.learningRate ?? defaultRate(config, first),
    cutBefore: cached ? first : null,
    multiplier: (stage) =>
      config.multipliers[stage] ?? (stage === 'head' || config.weights === null ? 1 : 0.1),
    plan: {
      architecture,
      cut: network.cut,
      size,
      precision,
      trains,
      frozen,
      batchStatistics,
      cachedAfter: cached ? present[present.indexOf(first) - 1]! : null,
      epochs: config.epochs,
      legs: [
        {
          ...{ trains, cachedAfter: cached ? present[present.indexOf(first) - 1]! : null },
          ...{ epochs: config.epochs, ...time },
        },
      ],
      trainPhotos,
      valPhotos,
      trainableParameters: trainable,
      parameters: count(parameters),
      secondsPerEpoch: time.secondsPerEpoch,
      secondsTotal: time.secondsBefore + config.epochs * time.secondsPerEpoch,
      memoryBytes:
        4e8 + count(parameters) * 4 + trainable * 8 + activations * 4 * 2.5 * config.batch,
    },
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

function smallerCut(asked: Cut | null, given: Cut | null): Cut | null {
  if (!asked || !given) return asked ?? given
  return stages.indexOf(asked) < stages.indexOf(given) ? asked : given
}

/** Found on ants-bees and cifar10-sample; a head alone on standardised features bears a higher one. */
function defaultRate({ optimizer }: RunConfig, first: Stage) {
  if (optimizer === 'adamw') return first === 'head' ? 2e-3 : 1e-3
  return first === 'head' ? 5e-3 : 2e-2
}
