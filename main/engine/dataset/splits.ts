// Which pictures train and which validate. Splits that the person set are kept; only when nobody
// set a validation picture a part is drawn, class by class. The draw ranks each picture by a hash of
// its own path and the seed, so neither the order of pictures nor later additions reshuffle it.
import type { Split } from '../../../shared/dataset'
import { fnv1a32, mulberry32 } from '../../../shared/random'

export interface SplitItem {
  readonly id: string
  readonly classId: string
  readonly split: Split | null
  /** What the draw hangs on: the path where there is one, so that a new project draws alike. */
  readonly path?: string
}
export interface SplitOptions {
  readonly seed: number | string
  /** The part of each class to validate with, 0 to 1. */
  readonly valFraction: number
}
export interface SplitResult {
  readonly train: string[]
  readonly val: string[]
}

/** Ids in a fixed order (by path, else id); 'test' pictures are in neither. A class of one picture
 *  trains; any larger class has at least one picture on both sides when valFraction is above 0. */
export function assignSplits(
  items: readonly SplitItem[],
  { seed, valFraction }: SplitOptions,
): SplitResult {
  const ordered = items
    .filter((item) => item.split !== 'test')
    .map((item) => ({ item, key: item.path ?? item.id }))
    .sort((a, b) => compare(a.key, b.key) || compare(a.item.id, b.item.id))
  const chosen = new Set<string>()
  for (const { item } of ordered) if (item.split === 'val') chosen.add(item.id)
  if (chosen.size === 0 && valFraction > 0) {
    const classes = new Map<string, { id: string; rank: number }[]>()
    for (const { item, key } of ordered) {
      const members = classes.get(item.classId) ?? []
      members.push({ id: item.id, rank: mulberry32(fnv1a32(`${seed}/${key}`), 1) })
      classes.set(item.classId, members)
    }
    for (const members of classes.values()) {
      members.sort((a, b) => a.rank - b.rank)
      for (const { id } of members.slice(0, valCount(members.length, valFraction))) chosen.add(id)
    }
  }
  const train: string[] = []
  const val: string[] = []
  for (const { item } of ordered) (chosen.has(item.id) ? val : train).push(item.id)
  return { train, val }
}

const valCount = (count: number, fraction: number) =>
  count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * fraction)))

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
