// The keys that work in every room: Ctrl+1 to Ctrl+5, undo, redo, Ctrl+Enter to fine-tune. Keys
// inside a text field stay the field's own.
import { useEventListener } from '@vueuse/core'
import { useDataset } from '../stores/dataset'
import { rooms, useRoom } from '../stores/room'
import { isTyping } from '../ui/isTyping'
import { useFineTune } from '../runs/fineTune'

export function useWindowKeys() {
  const room = useRoom()
  const dataset = useDataset()
  const { begin } = useFineTune()

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const chosen = rooms[Number(event.key) - 1]
    const key = event.key.toLowerCase()
    if (chosen) room.go(chosen)
    else if (key === 'enter') void begin()
    else if (isTyping(event.target)) return
    else if (key === 'z' && !event.shiftKey) void dataset.undo()
    else if (key === 'y' || key === 'z') void dataset.redo()
    else return
    event.preventDefault()
  })
}
