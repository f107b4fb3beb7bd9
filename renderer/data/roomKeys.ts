// The keys of the Data room, listed once: what each does and how the key help names it. Not while
// typing, not in a dialog or menu, and not while another room is open. Letters are not taken by any
// command: they find a class by its name (TypeAhead).
import { useEventListener } from '@vueuse/core'
import { isTyping } from '../ui/isTyping'
import { useDataset } from '../stores/dataset'
import { usePreferences } from '../stores/preferences'
import { useRoom } from '../stores/room'
import { usePictureActions } from './picture/pictureActions'

/** Groups of the key help; `data.keys.NAME` says what each does. */
export const keyHelp = [
  {
    group: 'label',
    keys: [
      { name: 'digit', keys: ['1', '9'] },
      { name: 'none', keys: ['0'] },
      { name: 'letters', keys: ['A', 'Z'] },
      { name: 'reviewed', keys: [','] },
      { name: 'accept', keys: ['.'] },
      { name: 'leaveOut', keys: ['Delete'] },
      { name: 'undo', keys: ['Ctrl+Z', 'Ctrl+Y'] },
    ],
  },
  {
    group: 'select',
    keys: [
      { name: 'move', keys: ['←', '→', '↑', '↓'] },
      { name: 'extend', keys: ['Shift+→'] },
      { name: 'walk', keys: ['Ctrl+→', 'Space'] },
      { name: 'all', keys: ['Ctrl+A'] },
      { name: 'invert', keys: ['Ctrl+I'] },
      { name: 'clear', keys: ['Esc'] },
    ],
  },
  {
    group: 'look',
    keys: [
      { name: 'open', keys: ['Enter'] },
      { name: 'zoom', keys: ['+', '-'] },
      { name: 'pan', keys: ['Shift+→'] },
      { name: 'menu', keys: ['Shift+F10'] },
      { name: 'find', keys: ['/'] },
      { name: 'help', keys: ['?'] },
    ],
  },
] as const

interface RoomDoors {
  readonly find: () => void
  readonly help: () => void
  /** A letter was pressed, which is still to go into the field that this focuses. */
  readonly type: () => void
}

export function useRoomKeys({ find, help, type }: RoomDoors) {
  const dataset = useDataset()
  const preferences = usePreferences()
  const room = useRoom()
  const actions = usePictureActions()

  function labelBy(digit: number) {
    const chosen = digit === 0 ? null : dataset.classes[digit - 1]
    if (chosen !== undefined) void actions.label(chosen?.id ?? null)
  }
  const commands: Readonly<Record<string, () => unknown>> = {
    Delete: actions.toggleExcluded,
    ',': actions.toggleReviewed,
    '.': actions.acceptRow,
    '/': find,
    '?': help,
    '+': () => preferences.resizeTiles(1),
    '=': () => preferences.resizeTiles(1),
    '-': () => preferences.resizeTiles(-1),
  }

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    const { key } = event
    if (room.current !== 'data' || event.defaultPrevented) return
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (/^\p{L}$/u.test(key) || key === 'Process') return type()
    if (/^[0-9]$/.test(key)) labelBy(Number(key))
    else if (commands[key]) void commands[key]()
    else return
    event.preventDefault()
  })
}
