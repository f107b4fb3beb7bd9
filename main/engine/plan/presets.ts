// The three presets: the configuration of each for given weights and photos. A preset is only a
// configuration; everything it sets can be set by hand. The numbers were found on ants-bees
// (measured by bench/quality).
import { stages, type Stage } from '../../../shared/network'
import {
  augmentations,
  RunConfig,
  type Leg,
  type Preset,
  type RunRequest,
} from '../../../shared/runConfig'

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
    batch: photosOf(facts) < 128 ? 16 : 32,
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
  balanced: (facts) => ({
    legs: [
      leg(facts, 1, { epochs: epochsFor(facts, headEpochs) }),
      leg(facts, 2, { epochs: epochsFor(facts, 10), learningRate: 1e-2 }),
    ],
    batchNorm: keptStatistics,
  }),
  thorough: (facts) => ({
    legs: [
      leg(facts, 1, { epochs: augmentedEpochs(facts, 8), learningRate: deepRate }),
      leg(facts, 2, { epochs: augmentedEpochs(facts, 6), learningRate: deepRate }),
      ...(facts.stages.length > 3
        ? [leg(facts, 3, { epochs: augmentedEpochs(facts, 6), learningRate: deepRate })]
        : []),
      leg(facts, facts.stages.length, {
        epochs: augmentedEpochs(facts, 8),
        learningRate: deepRate,
      }),
    ],
    batchNorm: { ...keptStatistics, head: 'batch' },
    augment: augmentations.basic,
    labelSmoothing: 0.1,
    patience: 6,
  }),
}

const headEpochs = 25
/** Learning rate of the head; multipliers lower it for the stages below. */
const deepRate = 2e-2
/** `few`: the epochs for up to 1000 photos. More photos need fewer epochs. */
const epochsFor = (facts: PresetFacts, few: number) =>
  Math.max(Math.ceil(few / 5), Math.round(few * Math.min(1, Math.sqrt(1000 / photosOf(facts)))))
/** With augmentation, fewer than 250 photos are trained for more epochs than usual. */
const augmentedEpochs = (facts: PresetFacts, usual: number) =>
  photosOf(facts) < 250
    ? Math.round(usual * Math.min(2, Math.sqrt(250 / photosOf(facts))))
    : epochsFor(facts, usual)

/** A few photos do not give good batch norm statistics, so those of the weights are kept. */
const keptStatistics = Object.fromEntries(stages.map((stage) => [stage, 'moving' as const]))

/** Trains the upper `count` stages. The learning rate is 0.1 times the head's in the stage below it, and
 *  2.6 times lower in each further stage (Howard and Ruder 2018, sections 3.2 and 3.3). */
function leg(
  { stages: present }: PresetFacts,
  count: number,
  rest: Pick<Leg, 'epochs'> & Partial<Leg>,
) {
  const body = present.filter((stage) => stage !== 'head').reverse()
  return {
    frozen: body.slice(count - 1).reverse(),
    multipliers: Object.fromEntries(
      body.slice(0, count - 1).map((stage, depth) => [stage, 0.1 / 2.6 ** depth]),
    ),
    ...rest,
  }
}
