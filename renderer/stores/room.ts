// Which of the five rooms is open. `rooms` is also the order of the rail and of Ctrl+1 to Ctrl+5.
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const rooms = ['data', 'network', 'train', 'evaluate', 'use'] as const
export type Room = (typeof rooms)[number]

export const useRoom = defineStore('room', () => {
  const current = ref<Room>('data')
  function go(room: Room) {
    current.value = room
  }
  return { current, go }
})
