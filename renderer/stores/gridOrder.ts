// In which order and through which filter pictures are shown, as arithmetic on rows of the table.
// Orders are arrays of places, made anew only when pictures come or go, so that an edit of 10,000
// costs one walk. Pure.
import type { Picture, Split } from '../../shared/dataset'

export const shows = ['all', 'unlabelled', 'problems', 'unreviewed', 'excluded', 'missing'] as const
export interface Filter {
  show: (typeof shows)[number]
  /** Any of these; every class and the unlabelled when empty. */
  classIds: readonly string[]
  split: Split | null
  /** Only these pictures, and what they are called together. */
  among: { readonly ids: ReadonlySet<string>; readonly title: string } | null
  /** Part of a file name or of a class name. */
  text: string
}
export const everything: Readonly<Filter> = {
  show: 'all',
  classIds: [],
  split: null,
  among: null,
  text: '',
}

/** Whether a filter lets a picture through; null when it lets all of them. `nameOf` gives a class's
 *  name. */
export function filterOf(filter: Readonly<Filter>, nameOf: (classId: string) => string) {
  const text = filter.text.trim().toLowerCase()
  const classIds = new Set(filter.classIds)
  const { show, split, among } = filter
  if (show === 'all' && split === null && among === null && !classIds.size && !text) return null
  return (picture: Picture): boolean =>
    isShown(filter.show, picture) &&
    (!classIds.size || (picture.classId !== null && classIds.has(picture.classId))) &&
    (filter.split === null || picture.split === filter.split) &&
    (filter.among === null || filter.among.ids.has(picture.id)) &&
    (!text ||
      picture.name.toLowerCase().includes(text) ||
      (picture.classId !== null && nameOf(picture.classId).toLowerCase().includes(text)))
}

function isShown(show: Filter['show'], picture: Picture): boolean {
  switch (show) {
    case 'all':
      return true
    case 'unlabelled':
      return picture.classId === null
    case 'problems':
      return picture.problem !== null
    case 'unreviewed':
      return !picture.reviewed
    case 'excluded':
      return picture.excluded
    case 'missing':
      return picture.file === 'missing'
  }
}

/** The places of an order whose pictures are let through. A loop, for this runs at every edit. */
export function through(
  lets: (picture: Picture) => boolean,
  order: Int32Array,
  rows: readonly Picture[],
): Int32Array {
  const passed = new Int32Array(order.length)
  let count = 0
  for (let at = 0; at < order.length; at++) {
    const place = order[at]!
    if (lets(rows[place]!)) passed[count++] = place
  }
  return passed.slice(0, count)
}

/** Places in the order of the rows. */
export function asAdded(count: number): Int32Array {
  const order = new Int32Array(count)
  for (let place = 0; place < count; place++) order[place] = place
  return order
}

/** Places by file name, numbers within names counting as numbers. */
export function byName(rows: readonly Picture[]): Int32Array {
  const { compare } = new Intl.Collator(undefined, { numeric: true })
  return asAdded(rows.length).sort((a, b) => compare(rows[a]!.name, rows[b]!.name) || a - b)
}

/** The named pictures first and in their order, then all others as they were added. */
export function rankedFirst(
  ids: readonly string[],
  count: number,
  placeOf: (id: string) => number | undefined,
): Int32Array {
  const order = new Int32Array(count)
  const ranked = new Uint8Array(count)
  let at = 0
  for (const id of ids) {
    const place = placeOf(id)
    if (place === undefined || ranked[place]) continue
    ranked[place] = 1
    order[at++] = place
  }
  for (let place = 0; place < count; place++) if (!ranked[place]) order[at++] = place
  return order
}

/** The index at which each place is shown; -1 where it is not. */
export function indexByPlace(visible: Int32Array, count: number): Int32Array {
  const indices = new Int32Array(count).fill(-1)
  for (let index = 0; index < visible.length; index++) indices[visible[index]!] = index
  return indices
}
