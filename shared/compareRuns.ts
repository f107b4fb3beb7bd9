// Runs side by side: the settings in which they differ, and the results of each. Pure; keys are those of
// RunConfig and RunSummary, their texts are in renderer/locales.
import { augmentations, type Augmentation, type RunConfig } from './runConfig'
import type { RunSummary } from './runList'

export type ComparedValue = string | number | boolean | null
export interface ComparedRow<T> {
  readonly key: string
  /** One a run, in the order of the runs. Null: the setting was left to the app. */
  readonly values: readonly T[]
}
export interface RunComparison {
  readonly settings: readonly ComparedRow<ComparedValue>[]
  readonly results: readonly ComparedRow<number | null>[]
}

const resultKeys = [
  'bestValAccuracy',
  'bestValLoss',
  'bestEpoch',
  'epochs',
  'seconds',
  'modelBytes',
  'peakMemoryBytes',
] as const satisfies readonly (keyof RunSummary)[]

export function compareRuns(runs: readonly RunSummary[]): RunComparison {
  const settings = runs.map(settingsOf)
  const keys = [...new Set(settings.flatMap((each) => [...each.keys()]))]
  return {
    settings: keys
      .map((key) => ({ key, values: settings.map((each) => each.get(key) ?? null) }))
      .filter(({ values }) => new Set(values).size > 1),
    results: resultKeys.map((key) => ({ key, values: runs.map((run) => run[key]) })),
  }
}

/** Values that the configuration left open are those that the run settled on. The photos come last:
 *  where they differ, results cannot be compared. */
function settingsOf(run: RunSummary): Map<string, ComparedValue> {
  const { architecture, cut, size, precision, trains, trainPhotos, valPhotos } = run
  const config = { ...run.config, architecture, cut, size, precision }
  return new Map<string, ComparedValue>([
    ...Object.entries(config).map(([key, value]): [string, ComparedValue] => [key, inWords(value)]),
    ['augment', augmentationInWords(run.config.augment)],
    ['legs', run.config.legs?.map(legInWords).join('; ') ?? null],
    ['trains', trains.join(', ')],
    ['trainPhotos', trainPhotos],
    ['valPhotos', valPhotos],
    ['dataset', run.dataset.slice(0, 8)],
  ])
}

/** Short enough for a table cell; records are sorted by name, so that equal ones read the same. */
function inWords(value: unknown): ComparedValue {
  if (Array.isArray(value)) return value.map(inWords).join(', ')
  if (typeof value !== 'object' || value === null) return value as ComparedValue
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]: [string, unknown]) => `${key} ${String(inWords(item))}`)
    .join(', ')
}

function augmentationInWords(augment: Augmentation): string {
  const named = Object.entries(augmentations).find(([, each]) => inWords(each) === inWords(augment))
  if (named) return named[0]
  const used = Object.entries(augment).filter(([, value]) => value !== 0 && value !== 'none')
  return String(inWords(Object.fromEntries(used)))
}

type Leg = NonNullable<RunConfig['legs']>[number]
const legInWords = ({ epochs, frozen, learningRate }: Leg) =>
  [`${epochs}`, `${frozen.join(', ')}`, ...(learningRate === null ? [] : [learningRate])].join(
    ' / ',
  )
