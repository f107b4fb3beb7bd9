// What differs between runs: settings that are not the same in all of them, and what came of each.
// Pure.
import type { RunSummary } from './run'

type Value = string | number | boolean | null
export interface Differing<T> {
  readonly key: string
  /** One a run, in their order. */
  readonly values: T[]
}

/** Keys of nested settings are joined by dots, as in `augment.flip`. */
export function compareRuns(runs: readonly RunSummary[]): {
  settings: Differing<Value>[]
  results: Differing<number | null>[]
} {
  const flat = runs.map(({ config, trainPhotos, dataset, precision }) =>
    flatten({ ...config, trainPhotos, dataset, precision }),
  )
  const keys = [...new Set(flat.flatMap((each) => [...each.keys()]))]
  return {
    settings: keys
      .map((key) => ({ key, values: flat.map((each) => each.get(key) ?? null) }))
      .filter(({ values }) => values.some((value) => value !== values[0])),
    results: (
      ['bestValAccuracy', 'bestValLoss', 'bestEpoch', 'seconds', 'modelBytes'] as const
    ).map((key) => ({ key, values: runs.map((run) => run[key]) })),
  }
}

function flatten(value: object, at = ''): Map<string, Value> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, Value][] => {
      const path = at + key
      if (Array.isArray(inner)) return [[path, JSON.stringify(inner)]]
      if (typeof inner === 'object' && inner !== null) return [...flatten(inner, `${path}.`)]
      return [[path, inner as Value]]
    }),
  )
}
