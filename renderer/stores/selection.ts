// Which pictures are shown and in which order, which are selected and which has the focus. Selection
// holds ids, so it survives changes of the data set; what is no longer visible stays selected until
// the next click. What is shown is an array of places in the data set's table.
import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef, watch } from 'vue'
import type { Picture } from '../../shared/dataset'
import { useDataset } from './dataset'
import {
  asAdded,
  byName,
  everything,
  filterOf,
  indexByPlace,
  rankedFirst,
  through,
  type Filter,
} from './gridOrder'
import { usePreferences } from './preferences'

export type ClickMode = 'only' | 'toggle' | 'range' | 'add-range'

/** `likeness` to one picture, `useful` to label next, `suggested` most surely, and as they stand in a
 *  `finding` are orders that the engine gave: ids, and what is not among them comes after. */
export type Order =
  | { readonly by: 'added' | 'name' }
  | {
      readonly by: 'likeness' | 'useful' | 'suggested' | 'finding'
      readonly ids: readonly string[]
    }

export const useSelection = defineStore('selection', () => {
  const dataset = useDataset()
  const { table } = dataset
  const preferences = usePreferences()
  const selected = shallowRef<ReadonlySet<string>>(new Set())
  const anchor = ref<string | null>(null)
  const focused = ref<string | null>(null)
  const filter = shallowReactive<Filter>({ ...everything })
  const order = shallowRef<Order>({ by: 'added' })
  /** How many tiles stand side by side; the grid knows. */
  const columns = ref(1)

  /** The rows, for what depends on any change of them or only on which there are. */
  const rowsOf = (what: 'pictures' | 'membership') => (void dataset[what], table.rows)

  const places = computed(() => {
    const { length } = rowsOf('membership')
    const { value } = order
    switch (value.by) {
      case 'added':
        return asAdded(length)
      case 'name':
        return byName(table.rows)
      case 'likeness':
      case 'useful':
      case 'suggested':
      case 'finding':
        return rankedFirst(value.ids, length, (id) => table.placeOf(id))
    }
  })
  const visible = computed(() => {
    // A class that is gone narrows nothing.
    const classIds = filter.classIds.filter((id) => dataset.classById.has(id))
    const lets = filterOf({ ...filter, classIds }, (id) => dataset.classById.get(id)?.name ?? '')
    return lets ? through(lets, places.value, rowsOf('pictures')) : places.value
  })
  const indices = computed(() => indexByPlace(visible.value, rowsOf('membership').length))
  const count = computed(() => visible.value.length)
  const at = (index: number): Picture => dataset.pictures[visible.value[index]!]!
  /** -1 for what is not shown. */
  const indexOf = (id: string) => indices.value[table.placeOf(id) ?? -1] ?? -1
  const idsBetween = (from: number, to: number) =>
    Array.from(visible.value.subarray(from, to), (place) => table.rows[place]!.id)

  const ids = computed(() => {
    rowsOf('membership')
    return [...selected.value].filter((id) => table.placeOf(id) !== undefined)
  })
  const isSelected = (id: string) => selected.value.has(id)
  /** What an action is about: the selection, or the picture that has the focus. */
  const targets = computed<readonly string[]>(() =>
    ids.value.length
      ? ids.value
      : focused.value && dataset.picture(focused.value)
        ? [focused.value]
        : [],
  )

  watch(
    () => dataset.snapshot?.projectId,
    () => {
      clear()
      showAll()
      focused.value = anchor.value = null
      order.value = { by: 'added' }
    },
  )

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
      case 'range':
      case 'add-range': {
        const from = Math.max(0, indexOf(anchor.value ?? id))
        const to = Math.max(0, indexOf(id))
        const span = idsBetween(Math.min(from, to), Math.max(from, to) + 1)
        selected.value = new Set(mode === 'range' ? span : [...selected.value, ...span])
      }
    }
  }

  /** Moves the focus by so many places within what is visible: alone, as a range, or leaving the
   *  selection as it is. */
  function move(by: number, how: 'only' | 'range' | 'focus' = 'only') {
    if (!count.value) return
    const from = focused.value === null ? -1 : indexOf(focused.value)
    // Without a focus any step but the one to the end begins at the front.
    const wanted = from < 0 && by !== Infinity ? 0 : from + by
    const next = Math.min(count.value - 1, Math.max(0, wanted))
    const { id } = at(next)
    if (how === 'focus') focused.value = id
    else click(id, how)
  }

  const selectAll = () => (selected.value = new Set(idsBetween(0, count.value)))
  const invert = () =>
    (selected.value = new Set(idsBetween(0, count.value).filter((id) => !selected.value.has(id))))
  function clear() {
    selected.value = new Set()
  }

  function sort(by: Order) {
    order.value = by
  }

  /** Shows one kind of pictures; the rest of the filter stays. */
  function show(kind: Filter['show']) {
    filter.show = kind
  }

  function showAll() {
    Object.assign(filter, everything)
    if (order.value.by === 'finding') order.value = { by: 'added' }
  }

  /** Shows only these pictures, in this order, and selects them. */
  function showOnly(chosen: readonly string[], title: string) {
    Object.assign(filter, everything, { among: { ids: new Set(chosen), title } })
    order.value = { by: 'finding', ids: chosen }
    only(chosen)
  }

  /** The ids of the row in which the focus is. */
  function focusedRow(): readonly string[] {
    const index = focused.value === null ? -1 : indexOf(focused.value)
    if (index < 0) return []
    const first = index - (index % columns.value)
    return idsBetween(first, first + columns.value)
  }

  /** What is shown after the last of them. */
  function idAfter(chosen: readonly string[]): string | undefined {
    const last = chosen.reduce((most, id) => Math.max(most, indexOf(id)), -1)
    return last < 0 || last + 1 >= count.value ? undefined : at(last + 1).id
  }

  /** Does something with pictures and moves on to the one after the last of them, if wished and if
   *  there is one. */
  async function actAndMoveOn(chosen: readonly string[], act: () => Promise<unknown>) {
    if (!chosen.length) return
    const acting = act()
    // As things stand before: afterwards a filter may hide them.
    const next = preferences.moveOn ? idAfter(chosen) : undefined
    await acting
    if (next !== undefined) click(next)
  }

  const labelAndMoveOn = (classId: string | null, chosen = targets.value) =>
    actAndMoveOn(chosen, () => dataset.label(chosen, classId))

  return {
    selected,
    anchor,
    focused,
    filter,
    order,
    columns,
    count,
    at,
    indexOf,
    ids,
    targets,
    isSelected,
    only,
    click,
    move,
    selectAll,
    invert,
    clear,
    sort,
    show,
    showAll,
    showOnly,
    focusedRow,
    actAndMoveOn,
    labelAndMoveOn,
  }
})
