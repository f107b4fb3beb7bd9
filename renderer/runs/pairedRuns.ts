// Runs compared in pairs by the engine, for what is shown of several runs. Asked for anew when the runs
// change; without an answer there are no pairs, and what is shown goes by each run's own figure.
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { RunPair } from '../../shared/pairedRuns'
import type { RunSummary } from '../../shared/runList'
import { call } from '../api'
import { createLatest } from '../latest'

/** The engine compares so many at once. */
const most = 20

/** Null until it is answered. */
export function usePairs(
  runs: () => readonly RunSummary[],
): Readonly<ShallowRef<readonly RunPair[] | null>> {
  const pairs = shallowRef<readonly RunPair[] | null>(null)
  const beginQuestion = createLatest()
  watch(
    // A run that goes on judges anew with each better epoch.
    () => JSON.stringify(runs().map(({ runId, bestEpoch }) => [runId, bestEpoch])),
    async () => {
      const isLatest = beginQuestion()
      pairs.value = null
      const runIds = runs()
        .slice(0, most)
        .map(({ runId }) => runId)
      if (runIds.length < 2) return
      const found = await call('run.compare', { runIds }).catch(() => [])
      if (isLatest()) pairs.value = found
    },
    { immediate: true },
  )
  return pairs
}

/** The pair of two runs as seen from the first; null: they were not compared, or share no photo. */
export function pairOf(
  pairs: readonly RunPair[],
  { first, second }: { readonly first: string; readonly second: string },
): RunPair | null {
  const pair = pairs.find(
    (each) =>
      (each.first === first && each.second === second) ||
      (each.first === second && each.second === first),
  )
  if (!pair || pair.photos === 0) return null
  return pair.first === first
    ? pair
    : { ...pair, first, second, onlyFirst: pair.onlySecond, onlySecond: pair.onlyFirst }
}
