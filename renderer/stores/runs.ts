// The runs, what happened in them and what is done to them. Everything shown is added up from events
// (RunHistory), so a reloaded window that asks for the history shows the same.
import { useTimeoutFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { RunEvent } from '../../shared/runEvents'
import type { RunNotes, RunSummary } from '../../shared/runList'
import { isActive, type RunState } from '../../shared/runState'
import { RunHistory } from '../../shared/runHistory'
import { call, on } from '../api'
import { useChoices } from './choices'
import { useNotices } from './notices'

/** How long events gather before the curves are drawn again, in ms. */
const gather = 60

export const useRuns = defineStore('runs', () => {
  const { attempt } = useNotices()
  const list = shallowRef<readonly RunSummary[]>([])
  const currentId = ref<string | null>(null)
  const histories = new Map<string, RunHistory>()
  const states = shallowRef<ReadonlyMap<string, RunState>>(new Map())
  const asking = ref<'start' | 'pause' | 'stop' | null>(null)

  const state = computed(() => (currentId.value ? stateOf(currentId.value) : null))
  const active = computed(() => state.value !== null && isActive(state.value.status))
  const finished = computed(() => list.value.filter((run) => run.status === 'finished'))

  const stateOf = (runId: string): RunState | null => states.value.get(runId) ?? null
  const summaryOf = (runId: string) => list.value.find((run) => run.runId === runId) ?? null
  const current = computed(() => (currentId.value ? summaryOf(currentId.value) : null))

  let waiting: RunEvent[] = []
  const flushSoon = useTimeoutFn(flush, gather, { immediate: false })
  on('run.event', (event) => {
    waiting.push(event)
    if (!flushSoon.isPending.value) flushSoon.start()
    if (event.type === 'started') currentId.value = event.runId
    if (turns.has(event.type)) void refresh()
  })

  function flush() {
    flushSoon.stop()
    const news = waiting
    waiting = []
    merge(news)
  }

  function merge(news: readonly RunEvent[]) {
    const next = new Map(states.value)
    for (const runId of new Set(news.map((event) => event.runId))) {
      const runHistory = histories.get(runId) ?? new RunHistory()
      histories.set(runId, runHistory)
      if (runHistory.add(news.filter((event) => event.runId === runId)))
        next.set(runId, runHistory.state)
    }
    states.value = next
  }

  const refresh = () => attempt(async () => (list.value = await call('run.list')))
  const history = (runId: string) =>
    attempt(async () => merge(await call('run.history', { runId })))

  /** Shows a run: what is being listened to already, then its history, repeats dropped. */
  async function follow(runId: string) {
    currentId.value = runId
    await history(runId)
  }

  /** After a reload: the active run, else the newest. After the engine was started again: what the
   *  shown run has told meanwhile. */
  async function restore() {
    await refresh()
    if (currentId.value !== null) {
      if (summaryOf(currentId.value)) await history(currentId.value)
      return
    }
    const newestFirst = [...list.value].sort((a, b) => b.created - a.created)
    const chosen = newestFirst.find((run) => isActive(run.status)) ?? newestFirst[0]
    if (chosen) await follow(chosen.runId)
  }

  /** Writes a name, notes or a star to a run; shown at once, taken back when it fails. */
  async function annotate(runId: string, notes: Partial<RunNotes>) {
    list.value = list.value.map((run) => (run.runId === runId ? { ...run, ...notes } : run))
    const written = await attempt(() => call('run.annotate', { runId, ...notes }))
    if (written === undefined) await refresh()
  }

  /** Puts runs into the system's trash; whether that was done. */
  async function trash(runIds: readonly string[]): Promise<boolean> {
    const done = await attempt(() => call('run.trash', { runIds: [...runIds] }))
    if (done === undefined) return false
    for (const runId of runIds) histories.delete(runId)
    if (currentId.value && runIds.includes(currentId.value)) currentId.value = null
    states.value = new Map([...states.value].filter(([runId]) => histories.has(runId)))
    await restore()
    return true
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
  /** Goes on with a run that ended before its time. */
  const goOn = (runId: string) =>
    asked('start', async () => {
      await call('run.continue', { runId })
      await follow(runId)
    })

  return {
    list,
    currentId,
    asking,
    state,
    active,
    finished,
    current,
    stateOf,
    summaryOf,
    flush,
    refresh,
    history,
    follow,
    restore,
    start,
    pause,
    resume,
    stop,
    goOn,
    annotate,
    trash,
  }
})

/** After these the list of runs says something else. */
const turns: ReadonlySet<RunEvent['type']> = new Set([
  'started',
  'paused',
  'resumed',
  'finished',
  'stopped',
  'failed',
])
