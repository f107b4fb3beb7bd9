// What the network makes of the pictures before any training. Features are computed in the background
// once the person wants suggestions; labels follow the features and every edit, a while later. Only
// suggestions above the threshold show.
import { useTimeoutFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { SettingGroup } from '../../shared/dataset'
import type { Suggestion, SuggestState } from '../../shared/suggest'
import { call, on } from '../api'
import { createLatest } from '../latest'
import { useChoices } from './choices'
import { useDataset } from './dataset'
import { useEngine } from './engine'
import { useNotices } from './notices'
import { usePreferences } from './preferences'
import { useSelection } from './selection'

const patience = 400
/** How many pictures "most useful next" ranks; the rest come after them. */
const usefulAtOnce = 200

export const useSuggestions = defineStore('suggestions', () => {
  const dataset = useDataset()
  const selection = useSelection()
  const choices = useChoices()
  const engine = useEngine()
  const preferences = usePreferences()
  const { attempt } = useNotices()
  const state = shallowRef<SuggestState | null>(null)
  const all = shallowRef<readonly Suggestion[]>([])
  /** Labelled pictures the suggestions were learnt from; null before the first answer. */
  const learntFrom = ref<number | null>(null)
  /** Confidence from which a suggestion is shown, and accepted. */
  const threshold = ref(0.8)

  const byPicture = computed(
    () =>
      new Map(
        all.value
          .filter(({ confidence }) => confidence >= threshold.value)
          .map((each) => [each.picture, each]),
      ),
  )
  const of = (id: string) => (preferences.suggest ? byPicture.value.get(id) : undefined)
  const computing = computed(
    () => state.value?.state === 'computing' || state.value?.state === 'waiting',
  )
  const ready = computed(() => state.value?.state === 'ready')

  on('suggest.progress', (news) => (state.value = news))

  const prepare = () =>
    attempt(async () => {
      state.value = await call('suggest.prepare', {
        weights: choices.config.weights ?? 'starter',
      })
    })
  let preparedFor = ''
  // Anew when pictures came, when other weights were chosen, and when they are first wanted.
  watch(
    () =>
      preferences.suggest &&
      engine.ready &&
      dataset.counts.total > 0 &&
      dataset.progress === null &&
      `${dataset.snapshot?.projectId} ${choices.config.weights} ${dataset.membership}`,
    (wanted) => {
      const already = wanted === preparedFor && state.value?.state !== 'failed'
      if (!wanted || already) return
      preparedFor = wanted
      void prepare()
    },
    { immediate: true },
  )
  watch(
    () => dataset.snapshot?.projectId,
    () => {
      all.value = []
      learntFrom.value = null
    },
  )

  const refreshSoon = useTimeoutFn(() => void refresh(), patience, { immediate: false })
  watch(
    () => preferences.suggest && ready.value && dataset.revision,
    (now) => {
      if (now === false) refreshSoon.stop()
      else refreshSoon.start()
    },
    { immediate: true },
  )

  const beginQuestion = createLatest()
  const refresh = () =>
    attempt(async () => {
      const isLatest = beginQuestion()
      const found = await call('suggest.labels', { threshold: 0 })
      if (!isLatest()) return
      all.value = found.suggestions
      learntFrom.value = found.learntFrom
    })

  /** Computes features first where there are none yet; the order follows when they are ready. */
  async function whenReady(act: () => Promise<unknown>) {
    preferences.setSuggest(true)
    if (!ready.value) await prepare()
    if (ready.value) await act()
    else {
      const stop = watch(ready, (now) => {
        if (!now) return
        stop()
        void act()
      })
    }
  }

  const sortByLikeness = (id: string) =>
    whenReady(() =>
      attempt(async () => {
        const alike = await call('suggest.similar', {
          picture: id,
          limit: Math.max(1, dataset.pictures.length),
        })
        selection.sort({ by: 'likeness', ids: [id, ...alike.map(({ picture }) => picture)] })
        selection.showAll()
        selection.only([id])
      }),
    )
  const sortByUse = () =>
    whenReady(() =>
      attempt(async () => {
        const { pictures } = await call('suggest.next', { count: usefulAtOnce })
        selection.sort({ by: 'useful', ids: pictures })
        selection.show('unlabelled')
        if (pictures[0]) selection.click(pictures[0])
      }),
    )
  const sortBySuggestion = () =>
    whenReady(async () => {
      await refresh()
      selection.sort({ by: 'suggested', ids: all.value.map(({ picture }) => picture) })
    })

  /** Gives each of the pictures its suggested class where that is sure enough; one step to undo.
   *  Answers how many were. */
  async function accept(ids: readonly string[]): Promise<number> {
    const sure = ids.flatMap((id) => of(id) ?? [])
    const byClass = new Map<string, string[]>()
    for (const { picture, classId } of sure) {
      byClass.set(classId, [...(byClass.get(classId) ?? []), picture])
    }
    const groups: SettingGroup[] = [...byClass].map(([classId, pictures]) => ({
      pictures,
      to: { classId },
    }))
    if (groups.length) await dataset.setGroups(groups)
    return sure.length
  }
  const sureIds = computed(() => [...byPicture.value.keys()])

  return {
    state,
    learntFrom,
    threshold,
    computing,
    ready,
    of,
    sureIds,
    prepare,
    sortByLikeness,
    sortByUse,
    sortBySuggestion,
    accept,
  }
})
