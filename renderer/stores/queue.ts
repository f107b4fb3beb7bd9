// What is run one after the other. The engine owns the queue: queue.changed (or a whole list) alone
// alters what is shown here.
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { CallInput } from '../../shared/contract'
import type { QueueItem } from '../../shared/runList'
import { call, on } from '../api'
import { createLatest } from '../latest'
import { useDataset } from './dataset'
import { useEngine } from './engine'
import { useNotices } from './notices'

/** Configurations that were added together, in their order. */
export interface Batch {
  readonly queue: string
  readonly items: readonly QueueItem[]
  /** Nothing of it waits or runs any more. */
  readonly over: boolean
}

export const useQueue = defineStore('queue', () => {
  const engine = useEngine()
  const dataset = useDataset()
  const { attempt } = useNotices()
  const items = shallowRef<readonly QueueItem[]>([])

  const batches = computed<readonly Batch[]>(() =>
    [...new Set(items.value.map(({ queue }) => queue))].map((queue) => {
      const own = items.value.filter((item) => item.queue === queue)
      return { queue, items: own, over: own.every(({ state }) => !isOpen(state)) }
    }),
  )
  const waiting = computed(() => items.value.filter(({ state }) => state === 'waiting'))

  const beginUpdate = createLatest()
  on('queue.changed', (now) => {
    beginUpdate()
    items.value = now
  })
  /** An event that arrives while the list is on its way is newer than the list. */
  const refresh = () =>
    attempt(async () => {
      const isLatest = beginUpdate()
      const list = await call('queue.list')
      if (isLatest()) items.value = list
    })
  watch(
    () => engine.ready && dataset.snapshot?.projectId,
    (there) => there && void refresh(),
    { immediate: true },
  )

  const add = (added: CallInput<'queue.add'>['items']) =>
    attempt(() => call('queue.add', { items: added }))
  const cancel = (ids: readonly string[]) => attempt(() => call('queue.cancel', { ids: [...ids] }))

  return { items, batches, waiting, refresh, add, cancel }
})

const isOpen = (state: QueueItem['state']) => state === 'waiting' || state === 'running'
