// Which other runs lie behind the shown one: those that are compared, else earlier ones in grey. What
// they did is fetched when it is first asked for.
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { RunSummary } from '../../../shared/runList'
import { useRuns } from '../../stores/runs'
import type { Behind } from '../charts/curves'
import { distinctNames } from '../../runs/nameOfRun'

/** Earlier runs behind the shown one: more would be a grey thicket. */
const mostEarlier = 4

export function useBehind() {
  const { t, locale } = useI18n({ useScope: 'global' })
  const runs = useRuns()
  const compared = ref<string[]>([])
  const withEarlier = ref(false)

  const isThere = (run: RunSummary | null): run is RunSummary => run !== null
  const others = computed(() =>
    compared.value
      .filter((runId) => runId !== runs.currentId)
      .map(runs.summaryOf)
      .filter(isThere),
  )
  const earlier = computed(() =>
    runs.list
      .filter(
        (run) => run.runId !== runs.currentId && run.epochs > 0 && run.bestValAccuracy !== null,
      )
      .sort((a, b) => b.created - a.created)
      .slice(0, mostEarlier),
  )
  const wanted = computed(() =>
    others.value.length ? others.value : withEarlier.value ? earlier.value : [],
  )
  watch(wanted, (all) => {
    for (const { runId } of all) if (!runs.stateOf(runId)) void runs.history(runId)
  })

  const comparedRuns = computed(() => [runs.current, ...others.value].filter(isThere))
  const names = computed(() =>
    distinctNames([...new Set([...comparedRuns.value, ...wanted.value])], t, locale.value),
  )
  const behind = computed(() =>
    wanted.value.flatMap((run, at): Behind[] => {
      const state = runs.stateOf(run.runId)
      const mark = others.value.length ? at : null
      return state ? [{ state, name: names.value.get(run.runId) ?? '', mark }] : []
    }),
  )

  return {
    /** Ids of the runs beside the shown one. */
    compared,
    withEarlier,
    earlierThere: computed(() => earlier.value.length > 0),
    behind,
    /** With the shown run first; it alone when nothing is compared. */
    comparedRuns,
  }
}
