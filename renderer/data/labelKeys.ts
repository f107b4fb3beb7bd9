// In the Data room: 1 to 9 label the selection and move on, 0 takes the label off, Delete leaves
// pictures out. Not while typing, and not while another room is open.
import { useEventListener } from '@vueuse/core'
import { useI18n } from 'vue-i18n'
import { isTyping } from '../shell/windowKeys'
import { useDataset } from '../stores/dataset'
import { useNotices } from '../stores/notices'
import { useRoom } from '../stores/room'
import { useSelection } from '../stores/selection'

export function useLabelKeys() {
  const { t } = useI18n({ useScope: 'global' })
  const dataset = useDataset()
  const selection = useSelection()
  const room = useRoom()
  const notices = useNotices()

  async function label(digit: number) {
    const chosen = digit === 0 ? null : dataset.classes[digit - 1]
    if (chosen === undefined) return
    const n = Math.max(1, selection.ids.length)
    await selection.labelAndMoveOn(chosen?.id ?? null)
    notices.say(t('data.labelled', { n, name: chosen?.name ?? t('data.unlabelled') }, n))
  }

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (
      room.current !== 'data' ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isTyping(event.target)
    )
      return
    if (/^[0-9]$/.test(event.key)) void label(Number(event.key))
    else if (event.key === 'Delete' && selection.ids.length) void dataset.exclude(selection.ids)
    else return
    event.preventDefault()
  })
}
