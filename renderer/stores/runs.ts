// The runs and what happened in them. Events are kept as they came, without repeats; everything
// shown is reduceRun of them, so a reloaded window that asks for the history shows the same.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import {
  isActive,
  reduceRun,
  type RunEvent,
  type RunState,
  type RunSummary,
} from '../../shared/run'
import { call, on } from '../api'
import { useChoices } from './choices'
import { useNotices } from './notices'

/** How long events gather before the curves are drawn again, in ms. */
const gather = 60

export const useRuns = defineStore('runs', () => {
  const { attempt } = useNotices()
  const list = shallowRef<readonly RunSummary[]>([])
  const currentId = ref<string | null>(null)
  const events = shallowRef<ReadonlyMap<string, readonly RunEvent[]>>(new Map())
  const asking = ref<'start' | 'pause' | 'stop' | null>(null)

  const state = computed(() => (currentId.value ? stateOf(currentId.value) : null))
  const active = computed(() => state.value !== null && isActive(state.value.status))
  const finished = computed(() => list.value.filter((run) => run.status === 'finished'))

  function stateOf(runId: string): RunState | null {
    const known = events.value.get(runId)
    return known?.length ? reduceRun(known) : null
  }

  let waiting: RunEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  on('run.event', (event) => {
    waiting.push(event)
    timer ??= setTimeout(flush, gather)
    if (event.type === 'started') currentId.value = event.runId
    if (endings.has(event.type)) void refresh()
  })

  function flush() {
    clearTimeout(timer)
    timer = undefined
    const news = waiting
    waiting = []
    merge(news)
  }

  function merge(news: readonly RunEvent[]) {
    const next = new Map(events.value)
    for (const runId of new Set(news.map((event) => event.runId))) {
      const known = next.get(runId) ?? []
      const seen = new Set(known.map((event) => event.sequence))
      const fresh = news.filter((event) => event.runId === runId && !seen.has(event.sequence))
      if (fresh.length) next.set(runId, [...known, ...fresh])
    }
    events.value = next
  }

  const refresh = () => attempt(async () => (list.value = await call('run.list')))
  const history = (runId: string) =>
    attempt(async () => merge(await call('run.history', { runId })))

  /** Shows a run: what is being listened to already, then its history, repeats dropped. */
  async function follow(runId: string) {
    currentId.value = runId
    await history(runId)
  }

  /** After a reload: the active run, else the newest. */
  async function restore() {
    await refresh()
    const newestFirst = [...list.value].sort((a, b) => b.created - a.created)
    const chosen = newestFirst.find((run) => isActive(run.status)) ?? newestFirst[0]
    if (chosen && currentId.value === null) await follow(chosen.runId)
  }

  async function asked<T>(what: NonNullable<typeof asking.value>, work: () => Promise<T>) {
    if (asking.value) return undefined
    asking.value = what
    const answer = await attempt(work)
    asking.value = null
    return answer
  }

  /** Starts a run with the present choices; its id, or undefined when it could not be started. */
  const start = () =>
    asked('start', async () => {
      const { runId } = await call('run.start', useChoices().plainConfig())
      await follow(runId)
      return runId
    })
  const pause = () => asked('pause', () => call('run.pause'))
  const resume = () => asked('pause', () => call('run.resume'))
  const stop = () => asked('stop', () => call('run.stop'))

  return {
    list,
    currentId,
    events,
    asking,
    state,
    active,
    finished,
    stateOf,
    flush,
    refresh,
    history,
    follow,
    restore,
    start,
    pause,
    resume,
    stop,
  }
})

const endings: ReadonlySet<RunEvent['type']> = new Set(['started', 'finished', 'stopped', 'failed'])
