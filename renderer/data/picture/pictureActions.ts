// What can be done with the selected pictures (or the one that has the focus): the same few actions
// behind the keys, the bar, the menu at the pointer and the single-picture view. Each says what it
// did, for those who do not see it.
import { useI18n } from 'vue-i18n'
import type { Split } from '../../../shared/dataset'
import { call } from '../../api'
import { useDataset } from '../../stores/dataset'
import { useNotices } from '../../stores/notices'
import { useSelection } from '../../stores/selection'
import { useSuggestions } from '../../stores/suggestions'

export function usePictureActions() {
  const { t } = useI18n({ useScope: 'global' })
  const dataset = useDataset()
  const selection = useSelection()
  const suggestions = useSuggestions()
  const notices = useNotices()

  const every = (test: 'excluded' | 'reviewed') =>
    selection.targets.every((id) => dataset.picture(id)?.[test])

  async function label(classId: string | null) {
    const n = selection.targets.length
    if (!n) return
    await selection.labelAndMoveOn(classId)
    const name = (classId && dataset.classById.get(classId)?.name) || t('data.unlabelled')
    notices.say(t('data.labelled', { n, name }, n))
  }

  const assign = (split: Split | null) => dataset.set(selection.targets, { split })

  async function toggleExcluded() {
    const [ids, excluded] = [selection.targets, !every('excluded')]
    if (!ids.length) return
    await dataset.set(ids, { excluded })
    notices.say(t(excluded ? 'data.saidLeftOut' : 'data.saidTakenBack', { n: ids.length }))
  }

  async function toggleReviewed() {
    const [ids, reviewed] = [selection.targets, !every('reviewed')]
    await selection.actAndMoveOn(ids, () => dataset.set(ids, { reviewed }))
    notices.say(t(reviewed ? 'data.saidReviewed' : 'data.saidNotReviewed', { n: ids.length }))
  }

  /** Accepts the suggestions in the row of the focus and goes to the next row. */
  async function acceptRow() {
    if (selection.focused === null) selection.move(0)
    await accept(selection.focusedRow())
  }

  async function accept(ids: readonly string[]) {
    let n = 0
    await selection.actAndMoveOn(ids, async () => (n = await suggestions.accept(ids)))
    notices.say(t('suggest.accepted', { n }, n))
  }

  const likeThis = (id: string) => suggestions.sortByLikeness(id)

  const showInFolder = (id: string) =>
    notices.attempt(() => call('app.showInFolder', { picture: id }))

  return {
    every,
    label,
    assign,
    toggleExcluded,
    toggleReviewed,
    acceptRow,
    accept,
    likeThis,
    showInFolder,
  }
}
