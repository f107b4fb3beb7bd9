// The knobs of a run as a table: which group each stands in, what may be put in, when it counts, and
// the paper it comes from. Names and explanations are in the locales, under the knob's key. Pure.
import { RunConfig } from '../../../shared/runConfig'

export const knobGroups = [
  'length',
  'optimiser',
  'classes',
  'augmentation',
  'protection',
  'repeat',
] as const
export type KnobGroup = (typeof knobGroups)[number]

type KeysOf<T> = { [K in keyof RunConfig]: RunConfig[K] extends T ? K : never }[keyof RunConfig]
interface Common {
  readonly group: KnobGroup
  /** Short reference; null: nobody's invention. */
  readonly source: string | null
  /** Left out where it would change nothing. */
  readonly counts?: (config: RunConfig) => boolean
}
export interface NumberKnob extends Common {
  readonly kind: 'number'
  readonly key: Exclude<KeysOf<number | null>, null>
  readonly limits: Limits
}
export interface ChoiceKnob extends Common {
  readonly kind: 'choice'
  readonly key: Exclude<KeysOf<string>, KeysOf<null>>
  readonly values: readonly string[]
}
export interface SwitchKnob extends Common {
  readonly kind: 'switch'
  readonly key: KeysOf<boolean>
}
export type Knob = NumberKnob | ChoiceKnob | SwitchKnob

/** What a number field takes. */
export interface Limits {
  readonly min: number
  readonly max: number
  readonly whole?: boolean
  /** `min` itself is too little. */
  readonly above?: boolean
  /** What an empty field means; without it there must be a number. */
  readonly empty?: 'auto' | 'never' | 'off'
}

const oneLeg = ({ legs }: RunConfig) => legs === null
/** What counts also for a head that is solved exactly: nothing of steps and epochs does. */
const ofSolvedHeads: ReadonlySet<keyof RunConfig> = new Set([
  'solver',
  'balance',
  'size',
  'precision',
  'seed',
] as const)
export const countsForSolvedHead = ({ key }: Knob) => ofSolvedHeads.has(key)
const number = (key: NumberKnob['key'], limits: Limits, more: Common): NumberKnob => ({
  kind: 'number',
  key,
  limits,
  ...more,
})
const choice = (key: ChoiceKnob['key'], values: readonly string[], more: Common): ChoiceKnob => ({
  kind: 'choice',
  key,
  values,
  ...more,
})
const onOff = (key: SwitchKnob['key'], more: Common): SwitchKnob => ({
  kind: 'switch',
  key,
  ...more,
})

export const rateLimits: Limits = { min: 0, max: 10, above: true, empty: 'auto' }
export const epochLimits: Limits = { min: 1, max: 10_000, whole: true }
/** Of the list of legs, which is no single knob. */
export const legSource = 'Howard and Ruder 2018, 3.2 and 3.3'
export const augmentSource =
  'Shorten and Khoshgoftaar 2019; erasing: Zhong et al. 2020; one more: Mueller and Hutter 2021'
export const finderSource = 'Smith 2017, 3.3'

export const knobs: readonly Knob[] = [
  choice('solver', RunConfig.shape.solver.unwrap().options, {
    group: 'length',
    source: 'Liu and Nocedal 1989; Kumar et al. 2022',
  }),
  number('epochs', epochLimits, { group: 'length', source: 'Bengio 2012, 3.1', counts: oneLeg }),
  number(
    'passes',
    { min: 1, max: 1000, whole: true },
    { group: 'length', source: 'Smith et al. 2018', counts: oneLeg },
  ),
  number('learningRate', rateLimits, {
    group: 'length',
    source: 'Bengio 2012, 3.1',
    counts: oneLeg,
  }),
  choice('schedule', RunConfig.shape.schedule.unwrap().options, {
    group: 'length',
    source: 'Loshchilov and Hutter 2017; Smith and Topin 2018',
  }),
  number(
    'warmupFraction',
    { min: 0, max: 0.5 },
    { group: 'length', source: 'Goyal et al. 2017, 2.2' },
  ),
  number(
    'batch',
    { min: 1, max: 1024, whole: true },
    {
      group: 'length',
      source: 'Masters and Luschi 2018',
    },
  ),
  choice('optimizer', RunConfig.shape.optimizer.unwrap().options, {
    group: 'optimiser',
    source: 'Sutskever et al. 2013; Loshchilov and Hutter 2019',
  }),
  number(
    'momentum',
    { min: 0, max: 0.999 },
    {
      group: 'optimiser',
      source: 'Sutskever et al. 2013',
      counts: ({ optimizer }) => optimizer === 'sgd',
    },
  ),
  number(
    'weightDecay',
    { min: 0, max: 1 },
    {
      group: 'optimiser',
      source: 'Krogh and Hertz 1991; Loshchilov and Hutter 2019',
    },
  ),
  onOff('decayAll', {
    group: 'optimiser',
    source: 'He et al. 2019, 3.1',
    counts: ({ weightDecay }) => weightDecay > 0,
  }),
  number(
    'clipNorm',
    { min: 0, max: 1000, above: true, empty: 'off' },
    {
      group: 'optimiser',
      source: 'Pascanu et al. 2013',
    },
  ),
  choice('balance', RunConfig.shape.balance.unwrap().options, {
    group: 'classes',
    source: 'Buda et al. 2018',
  }),
  choice('mix', RunConfig.shape.mix.unwrap().options, {
    group: 'augmentation',
    source: 'Zhang et al. 2018; Yun et al. 2019',
  }),
  number(
    'mixAlpha',
    { min: 0, max: 4, above: true },
    {
      group: 'augmentation',
      source: 'Zhang et al. 2018',
      counts: ({ mix }) => mix !== 'none',
    },
  ),
  number(
    'patience',
    { min: 1, max: 1000, whole: true, empty: 'never' },
    {
      group: 'protection',
      source: 'Prechelt 1998',
    },
  ),
  number(
    'labelSmoothing',
    { min: 0, max: 0.5 },
    {
      group: 'protection',
      source: 'Szegedy et al. 2016, 7',
    },
  ),
  number(
    'averaging',
    { min: 0, max: 0.9999, empty: 'off' },
    {
      group: 'protection',
      source: 'Polyak and Juditsky 1992',
    },
  ),
  onOff('testTimeFlips', { group: 'protection', source: 'Krizhevsky et al. 2012, 4.1' }),
  number('checkpointMinutes', { min: 0.05, max: 600 }, { group: 'protection', source: null }),
  number(
    'size',
    { min: 32, max: 1024, whole: true, empty: 'auto' },
    {
      group: 'repeat',
      source: 'Touvron et al. 2019',
    },
  ),
  onOff('progressiveResizing', {
    group: 'repeat',
    source: 'Howard 2018; Touvron et al. 2019',
  }),
  choice('precision', RunConfig.shape.precision.unwrap().options, {
    group: 'repeat',
    source: 'Kalamkar et al. 2019',
  }),
  number(
    'seed',
    { min: 0, max: 2 ** 31, whole: true },
    {
      group: 'repeat',
      source: 'Bouthillier et al. 2021',
    },
  ),
]

/** The number that a field's text means, null for an empty one, or undefined where it cannot be. */
export function readNumber(text: string, limits: Limits): number | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return limits.empty ? null : undefined
  const value = Number(trimmed)
  const tooLittle = limits.above ? value <= limits.min : value < limits.min
  if (!Number.isFinite(value) || tooLittle || value > limits.max) return undefined
  return limits.whole && !Number.isInteger(value) ? undefined : value
}
