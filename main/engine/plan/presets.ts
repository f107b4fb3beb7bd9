// The three presets: the configuration of each for given weights and photos. A preset is only a
// configuration; everything it sets can be set by hand. Quick solves the head; the others tune stages from
// that head on, and end with Quick's model where that is not better. The numbers of tuning were found on
// ants-bees and cifar10-sample (bench/quality measures them).
import { stages, type Stage } from '../../../shared/network'
import { RunConfig, type Preset, type RunRequest } from '../../../shared/runConfig'

export interface PresetFacts {
  /** Of the network, including the head. */
  readonly stages: readonly Stage[]
  /** Training photos of each class. */
  readonly perClass: readonly number[]
}

/** `base` gives the settings that a preset does not decide: weights, size, precision, seed, the split. */
export function presetConfig(preset: Preset, base: RunConfig, facts: PresetFacts): RunConfig {
  const { weights, architecture, cut, size, precision, seed, valFraction } = base
  const { checkpointMinutes } = base
  return RunConfig.parse({
    ...{ weights, architecture, cut, size, precision, seed, valFraction, checkpointMinutes },
    ...knobs[preset](facts),
    preset,
    batch: preset === 'quick' ? 32 : tunedBatch,
    balance: isUnbalanced(facts) ? 'weights' : 'none',
  })
}

const photosOf = ({ perClass }: PresetFacts) => perClass.reduce((sum, count) => sum + count, 0)

/** Classes count as unbalanced if the largest has at least this many times the photos of the smallest. */
const unbalancedFrom = 2
export const isUnbalanced = ({ perClass }: Pick<PresetFacts, 'perClass'>) =>
  Math.max(...perClass) >= unbalancedFrom * Math.min(...perClass)

const knobs: Readonly<Record<Preset, (facts: PresetFacts) => RunRequest>> = {
  quick: () => ({ solver: 'exact' }),
  balanced: (facts) => tuned(facts, 500),
  thorough: (facts) => tuned(facts, 1500),
}

/** The stages that are tuned; those below see edges and textures that all photos share. */
const tunedStages: readonly Stage[] = ['layer2', 'layer3', 'layer4', 'head']
const tunedBatch = 16
/** A run through these photos is the least, however many there are. */
const fewestTimes = 5
/** Epochs of a tuned run; with few photos each shows them several times. */
const tunedEpochs = 15

/** A handful of photos is not shown more often than this in an epoch. */
const mostPasses = 1000

/** From the exact head on, for at least so many updates. Batch norms keep the statistics of the weights, since
 *  a few photos do not give good ones. */
function tuned(facts: PresetFacts, updates: number): RunRequest {
  const times = Math.max(fewestTimes, Math.ceil((updates * tunedBatch) / photosOf(facts)))
  const passes = Math.min(mostPasses, Math.max(1, Math.round(times / tunedEpochs)))
  return {
    solver: 'exact',
    frozen: facts.stages.filter((stage) => !tunedStages.includes(stage)),
    multipliers: { layer4: 1, layer3: 1, layer2: 0.4 },
    batchNorm: Object.fromEntries(stages.map((stage) => [stage, 'moving' as const])),
    optimizer: 'adamw',
    learningRate: 3e-4,
    weightDecay: 0.05,
    schedule: 'oneCycle',
    clipNorm: 1,
    averaging: 0.99,
    labelSmoothing: 0.1,
    augment: { resizedCrop: 0.65, trivial: 1, erase: 0.25 },
    passes,
    epochs: Math.max(1, Math.ceil(times / passes)),
  }
}
