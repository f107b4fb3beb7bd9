// What belongs to a preset and what does not. A preset sets the knobs; which weights it is for, the
// picture size, the seed, the precision and how much is held back for validation are the person's and
// stay. Pure.
import { RunConfig } from '../../shared/runConfig'

const ofThePerson = [
  'weights',
  'architecture',
  'cut',
  'size',
  'seed',
  'precision',
  'valFraction',
  'checkpointMinutes',
] as const

/** What presets are asked for with: the person's part, and the defaults for everything else. */
export const baseOf = (config: RunConfig): RunConfig => withBase(RunConfig.parse({}), config)

/** The knobs of one configuration with the person's part of another. */
export const withBase = (knobs: RunConfig, base: RunConfig): RunConfig => ({
  ...knobs,
  ...Object.fromEntries(ofThePerson.map((key) => [key, base[key]])),
})

/** Whether two configurations train in the same way, be it with other weights or another seed. */
export function sameKnobs(one: RunConfig, other: RunConfig): boolean {
  const base = RunConfig.parse({})
  const knobs = (config: RunConfig) =>
    JSON.stringify({ ...withBase(config, base), preset: null }, inOrder)
  return knobs(one) === knobs(other)
}

/** For JSON.stringify: the same text in whichever order keys were set. */
const inOrder = (_: string, value: unknown): unknown =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
