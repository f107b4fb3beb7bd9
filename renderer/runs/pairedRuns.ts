// Runs compared in pairs by the engine, for what is shown of several runs. Asked for anew when the runs
// change; without an answer there are no pairs, and what is shown goes by each run's own figure.
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { RunPair } from '../../shared/pairedRuns'
import type { RunSummary } from '../../shared/runList'
import { call } from '../api'
import { createLatest } from '../latest'

/** The engine compares so many at once. */
const most = 20

export function usePairs(
  runs: () => readonly RunSummary[],
): Readonly<ShallowRef<readonly RunPair[]>> {
  const pairs = shallowRef<readonly RunPair[]>([])
  const beginQuestion = createLatest()
  watch(
    // A run that goes on judges anew with each better epoch.
    () => JSON.stringify(runs().map(({ runId, bestEpoch }) => [runId, bestEpoch])),
    async () => {
      const isLatest = beginQuestion()
      pairs.value = []
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
