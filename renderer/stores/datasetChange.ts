// The arithmetic of the data room's copy: applying a change and counting. Pure, so that it can be
// tested without a window; order of the pictures is kept and new ones come last.
import type { Picture, Split } from '../../shared/dataset'

export interface Counts {
  readonly total: number
  /** Labelled, readable and not left out. */
  readonly usable: number
  readonly problems: number
  readonly bySplit: Readonly<Record<Split | 'auto', number>>
}

export const isUsable = (picture: Picture) =>
  picture.classId !== null && !picture.excluded && picture.problem === null

export function applyChange(
  pictures: readonly Picture[],
  change: { readonly pictures: readonly Picture[]; readonly removed: readonly string[] },
): readonly Picture[] {
  const changed = new Map(change.pictures.map((picture) => [picture.id, picture]))
  const removed = new Set(change.removed)
  const kept: Picture[] = []
  for (const picture of pictures) {
    if (!removed.has(picture.id)) kept.push(changed.get(picture.id) ?? picture)
    changed.delete(picture.id)
  }
  for (const picture of changed.values()) kept.push(picture)
  return kept
}

/** Counts by class id; null stands for unlabelled, and `all` is everything together. */
export function countPictures(pictures: readonly Picture[]) {
  const all = emptyCounts()
  const byClass = new Map<string | null, ReturnType<typeof emptyCounts>>()
  for (const picture of pictures) {
    let counts = byClass.get(picture.classId)
    if (!counts) byClass.set(picture.classId, (counts = emptyCounts()))
    for (const into of [counts, all]) {
      into.total++
      if (isUsable(picture)) {
        into.usable++
        into.bySplit[picture.split ?? 'auto']++
      }
      if (picture.problem !== null) into.problems++
    }
  }
  return { all: all as Counts, byClass: byClass as ReadonlyMap<string | null, Counts> }
}

export const noCounts: Counts = emptyCounts()

function emptyCounts() {
  return { total: 0, usable: 0, problems: 0, bySplit: { train: 0, val: 0, test: 0, auto: 0 } }
}
