// Which pictures are shown, which are selected and which has the focus. Selection holds ids, so it
// survives changes of the data set; what is no longer visible stays selected until the next click.
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { Picture, Split } from '../../shared/dataset'
import { useDataset } from './dataset'

export interface Filter {
  show: 'all' | 'unlabelled' | 'problems'
  classId: string | null
  split: Split | null
  /** Part of a file name or of a class name. */
  text: string
}
export type ClickMode = 'only' | 'toggle' | 'range'

export const useSelection = defineStore('selection', () => {
  const dataset = useDataset()
  const selected = shallowRef<ReadonlySet<string>>(new Set())
  const anchor = ref<string | null>(null)
  const focused = ref<string | null>(null)
  const filter = reactive<Filter>({ show: 'all', classId: null, split: null, text: '' })

  const visible = computed(() => {
    const text = filter.text.trim().toLowerCase()
    const className = (id: string | null) => (id && dataset.classById.get(id)?.name) || ''
    return dataset.pictures.filter(
      (picture) =>
        shows(filter, picture) &&
        (!text ||
          picture.name.toLowerCase().includes(text) ||
          className(picture.classId).toLowerCase().includes(text)),
    )
  })
  const indexOf = computed(
    () => new Map(visible.value.map((picture, index) => [picture.id, index])),
  )
  const ids = computed(() => [...selected.value].filter((id) => dataset.pictureById.has(id)))
  const isSelected = (id: string) => selected.value.has(id)

  function only(chosen: readonly string[]) {
    selected.value = new Set(chosen)
    anchor.value = focused.value = chosen[0] ?? null
  }

  function click(id: string, mode: ClickMode = 'only') {
    focused.value = id
    switch (mode) {
      case 'only':
        selected.value = new Set([id])
        anchor.value = id
        break
      case 'toggle': {
        const next = new Set(selected.value)
        if (!next.delete(id)) next.add(id)
        selected.value = next
        anchor.value = id
        break
      }
      case 'range': {
        const from = indexOf.value.get(anchor.value ?? id) ?? 0
        const to = indexOf.value.get(id) ?? from
        const span = visible.value.slice(Math.min(from, to), Math.max(from, to) + 1)
        selected.value = new Set(span.map((picture) => picture.id))
      }
    }
  }

  /** Moves the focus by so many places within what is visible; a range when extending. */
  function move(by: number, extend = false) {
    const count = visible.value.length
    if (!count) return
    const at = focused.value === null ? undefined : indexOf.value.get(focused.value)
    const next = at === undefined ? 0 : Math.min(count - 1, Math.max(0, at + by))
    click(visible.value[next]!.id, extend ? 'range' : 'only')
  }

  const selectAll = () => (selected.value = new Set(visible.value.map((picture) => picture.id)))
  const clear = () => (selected.value = new Set())

  function showAll() {
    Object.assign(filter, { show: 'all', classId: null, split: null, text: '' } satisfies Filter)
  }

  /** Labels the selection, or the focused picture, and moves on to the picture after the last. */
  async function labelAndMoveOn(classId: string | null) {
    const chosen = ids.value.length ? ids.value : focused.value ? [focused.value] : []
    if (!chosen.length) return
    const last = Math.max(...chosen.map((id) => indexOf.value.get(id) ?? -1))
    const next = visible.value[last + 1]?.id ?? visible.value[last]?.id
    await dataset.label(chosen, classId)
    if (next) click(next)
  }

  return {
    selected,
    anchor,
    focused,
    filter,
    visible,
    indexOf,
    ids,
    isSelected,
    only,
    click,
    move,
    selectAll,
    clear,
    showAll,
    labelAndMoveOn,
  }
})

function shows(filter: Filter, picture: Picture): boolean {
  if (filter.show === 'unlabelled' && picture.classId !== null) return false
  if (filter.show === 'problems' && picture.problem === null) return false
  if (filter.classId !== null && picture.classId !== filter.classId) return false
  return filter.split === null || picture.split === filter.split
}
