// What computes and how it is: the chip in the top bar. Null until the engine has said something.
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { EngineStatus } from '../../shared/device'
import { call, on } from '../api'

export const useEngine = defineStore('engine', () => {
  const status = shallowRef<EngineStatus | null>(null)
  const ready = computed(() => status.value?.state === 'ready')

  on('engine.status', (news) => (status.value = news))

  async function refresh() {
    try {
      status.value = await call('engine.status')
    } catch {
      // The engine tells its own failure by the event; a second notice would only repeat it.
    }
  }

  return { status, ready, refresh }
})
