// Which pictures train, validate and test. A picture that has a split keeps it, so adding pictures
// moves none of the earlier ones. Splits are drawn class by class over groups that must stay together
// (equal files, near copies, and folders or bursts where wanted). Each group is ranked by its content and
// the seed, so neither the order of pictures, nor where they lie, nor later additions change its draw.
import { splits, type SettingGroup, type Split, type SplitPolicy } from '../../../shared/dataset'
import { fnv1a32, mulberry32 } from '../../../shared/random'

export interface SplitItem {
  readonly id: string
  readonly classId: string
  readonly split: Split | null
  readonly path?: string
  /** SHA-256 of the file; null where it is not known. The draw depends on it, else on the path, else on
   *  the id, so that the same files are drawn alike in any folder and project. */
  readonly hash?: string | null
  /** Pictures of equal group stay together, such as near copies. */
  readonly group?: string | null
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

/** The split of a run, for sets whose splits nobody drew: splits that the person set are kept, and a
 *  validation part is drawn only when no picture has the split 'val'. Ids in a fixed order (by hash, else
 *  path, else id). 'test' pictures are in neither, nor are pictures without a split that must stay with
 *  them; those that must stay with a 'val' picture validate. A class of one picture trains; any larger
 *  class has at least one picture on both sides when valFraction is above 0, unless all of it must stay
 *  together. */
export function assignSplits(
  items: readonly SplitItem[],
  { seed, valFraction }: SplitOptions,
): SplitResult {
  const placed = placedBeside(items)
  const ordered = inOrder(items.filter(({ id, split }) => (placed.get(id) ?? split) !== 'test'))
  const chosen = new Set<string>()
  for (const { id, split } of ordered) if ((placed.get(id) ?? split) === 'val') chosen.add(id)
  if (chosen.size === 0) {
    // A set with nothing but a train folder validates with a part of it.
    const free = ordered.map((item) => ({ ...item, split: null }))
    const drawn = draw(free, { seed, val: valFraction, test: 0, by: 'picture' })
    for (const [id, split] of drawn) if (split === 'val') chosen.add(id)
  }
  const train: string[] = []
  const val: string[] = []
  for (const { id } of ordered) (chosen.has(id) ? val : train).push(id)
  return { train, val }
}

/** The split of pictures without one that must stay with pictures held out for validation or test. */
function placedBeside(items: readonly SplitItem[]): Map<string, Split> {
  const result = new Map<string, Split>()
  if (!items.some(({ split }) => split === 'val' || split === 'test')) return result
  for (const { free, members } of groupsOf(inOrder(items), { by: 'picture', seed: '' })) {
    const held = (['test', 'val'] as const).find((split) =>
      members.some((member) => member.split === split),
    )
    if (held) for (const { id } of free) result.set(id, held)
  }
  return result
}

/** Names for pictures that must stay together: of each its group's, which depends on content alone where
 *  hashes are known; null for pictures that stand alone. */
export function keptTogether(
  items: readonly SplitItem[],
  by: SplitPolicy['by'],
): Map<string, string | null> {
  const result = new Map<string, string | null>()
  for (const { key, members } of groupsOf(inOrder(items), { by, seed: '' }))
    for (const { id } of members) result.set(id, members.length > 1 ? key : null)
  return result
}

/** Splits for the items that have none (with `again`, for all), by the policy: at most one group of
 *  settings a split. */
export function drawSplits(
  items: readonly SplitItem[],
  policy: SplitPolicy,
  again = false,
): SettingGroup[] {
  const from = again ? items.map((item) => ({ ...item, split: null })) : items
  const drawn = draw(inOrder(from), policy)
  const groups = splits.map((split) => ({
    pictures: from.flatMap(({ id }) => (drawn.get(id) === split ? [id] : [])),
    to: { split },
  }))
  return groups.filter(({ pictures }) => pictures.length > 0)
}

type Policy = Omit<SplitPolicy, 'seed'> & { readonly seed: number | string }
interface Group {
  readonly key: string
  readonly classId: string
  readonly rank: number
  readonly members: readonly SplitItem[]
  /** The members that have no split. */
  readonly free: readonly SplitItem[]
  /** The side that a member has already. */
  readonly split: Split | null
}

/** The split of each item that had none. */
function draw(ordered: readonly SplitItem[], policy: Policy): Map<string, Split> {
  const result = new Map<string, Split>()
  const place = ({ free }: Group, split: Split) => {
    for (const { id } of free) result.set(id, split)
  }
  const classes = new Map<string, { groups: Group[]; count: number; has: Record<Split, number> }>()
  const classOf = (id: string) => {
    const known = classes.get(id)
    if (known) return known
    const made = { groups: [], count: 0, has: { train: 0, val: 0, test: 0 } }
    classes.set(id, made)
    return made
  }
  for (const { classId, split } of ordered) {
    const each = classOf(classId)
    each.count++
    if (split) each.has[split]++
  }
  for (const group of groupsOf(ordered, policy)) {
    if (group.split) {
      place(group, group.split)
      for (const { classId } of group.free) classOf(classId).has[group.split]++
    } else classOf(group.classId).groups.push(group)
  }
  for (const { groups, count, has } of classes.values()) {
    groups.sort((a, b) => a.rank - b.rank || compare(a.key, b.key))
    const left = new Set(groups)
    for (const split of ['val', 'test'] as const)
      for (const group of pick([...left], policy[split], { count, has, split })) {
        place(group, split)
        left.delete(group)
      }
    for (const group of left) place(group, 'train')
  }
  return result
}

interface Want {
  readonly count: number
  readonly has: Readonly<Record<Split, number>>
  readonly split: 'val' | 'test'
}

/** The first groups by rank that bring the class nearest to its part, never all that could train. */
function pick(groups: readonly Group[], part: number, { count, has, split }: Want): Group[] {
  const most = has.train > 0 ? groups.length : groups.length - 1
  if (part <= 0 || most < 1) return []
  const wanted = Math.max(1, Math.round(count * part)) - has[split]
  const picked: Group[] = []
  let missing = wanted
  for (const group of groups) {
    if (missing <= 0 || picked.length >= most) break
    // Half a group too many is as far off as half a group too few.
    if (group.free.length >= missing * 2 && group.free.length > 1) continue
    picked.push(group)
    missing -= group.free.length
  }
  if (picked.length > 0 || wanted <= 0 || has[split] > 0) return picked
  const smallest = [...groups].sort((a, b) => a.free.length - b.free.length)[0]
  return smallest ? [smallest] : []
}

/** Items that must stay on one side, joined by what they share. */
function groupsOf(
  ordered: readonly SplitItem[],
  { by, seed }: Pick<Policy, 'by' | 'seed'>,
): Group[] {
  const parent = ordered.map((_, i) => i)
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!
    return i
  }
  const first = new Map<string, number>()
  ordered.forEach((item, i) => {
    for (const key of keysOf(item, by)) {
      const other = first.get(key)
      if (other === undefined) first.set(key, i)
      else parent[root(i)] = root(other)
    }
  })
  const members = new Map<number, SplitItem[]>()
  ordered.forEach((item, i) => {
    const known = members.get(root(i))
    if (known) known.push(item)
    else members.set(root(i), [item])
  })
  return [...members.values()].map((items) => {
    const key = keyOf(items[0]!)
    return {
      key,
      classId: mostCommon(items.map(({ classId }) => classId))!,
      rank: mulberry32(fnv1a32(`${seed}/${key}`), 1),
      members: items,
      free: items.filter(({ split }) => split === null),
      split: mostCommon(items.flatMap(({ split }) => split ?? [])) ?? null,
    }
  })
}

function* keysOf({ path, hash, group }: SplitItem, by: SplitPolicy['by']) {
  if (hash) yield `hash ${hash}`
  if (group) yield `group ${group}`
  if (path === undefined || by === 'picture') return
  const [, folder = '', name = ''] = /^(.*[\\/])?(.*)$/s.exec(path) ?? []
  if (by === 'folder') yield `folder ${folder}`
  else yield `burst ${folder}${burstOf(name)}`
}

/** The name before its last number: IMG_0041.jpg and IMG_0042.jpg are one burst. */
export function burstOf(name: string): string {
  const stem = name.replace(/\.[^.]*$/, '')
  const [, before] = /^(.*?)\d+\D*$/s.exec(stem) ?? []
  return before ?? stem
}

const keyOf = ({ hash, path, id }: SplitItem) => hash ?? path ?? id
const inOrder = (items: readonly SplitItem[]) =>
  items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort(
      (a, b) =>
        compare(a.key, b.key) ||
        compare(a.item.path ?? '', b.item.path ?? '') ||
        compare(a.item.id, b.item.id),
    )
    .map(({ item }) => item)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The first of the most frequent; undefined of none. */
function mostCommon<T>(values: readonly T[]): T | undefined {
  // Most groups are one picture.
  if (values.length < 2) return values[0]
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return values.find((value) => counts.get(value) === most)
}
