// Runs compared in pairs, photo by photo, as the engine answers it.
import { shallowRef, watch } from 'vue'
import type { RunPair } from '../../shared/pairedRuns'
import { call } from '../api'
import { createLatest } from '../latest'
import { useNotices } from '../stores/notices'

/** Of each two of these runs; null until it is known. Asked for anew when the runs are others. */
export function usePairs(runIds: () => readonly string[]) {
  const { attempt } = useNotices()
  const pairs = shallowRef<readonly RunPair[] | null>(null)
  const begin = createLatest()
  watch(
    () => runIds().join(),
    async () => {
      const isLatest = begin()
      const asked = [...runIds()]
      pairs.value = null
      if (asked.length < 2) return
      const found = await attempt(() => call('run.compare', { runIds: asked }))
      if (found && isLatest()) pairs.value = found
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
