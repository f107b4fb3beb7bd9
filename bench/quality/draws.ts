// Which photos are held back and which teach, in one of several splits of a set. Copies and near copies are
// one group, and a group is never on both sides. Pure.
import { seededRandom } from '../../shared/random'

export interface DrawnPhoto {
  /** Class by its number. */
  readonly label: number
  /** Photos of equal group show the same. */
  readonly group: number
}
export interface Draw {
  /** Places of the photos that judge. */
  readonly held: readonly number[]
  /** Places of the photos that may teach, class by class, each class in drawn order. */
  readonly pool: readonly (readonly number[])[]
}
/** Photos a class that teach. */
export type Size = number | 'all'

export const heldFraction = 0.3
/** Judging more photos takes long and tells little more. */
export const mostHeld = 1000

/** Split number `split`: the same for the same photos in the same order. A class of one group teaches. */
export function drawSplit(photos: readonly DrawnPhoto[], split: number): Draw {
  const fraction = Math.min(heldFraction, mostHeld / Math.max(1, photos.length))
  const groups = new Map<number, number[]>()
  photos.forEach(({ group }, i) => {
    const members = groups.get(group)
    if (members) members.push(i)
    else groups.set(group, [i])
  })
  const classes = photos.reduce((most, { label }) => Math.max(most, label + 1), 0)
  const drawn = Array.from({ length: classes }, (_, label) =>
    seededRandom('quality', split, label).shuffled(
      [...groups.values()].filter(([first]) => photos[first!]!.label === label),
    ),
  )
  const held: number[] = []
  const left: number[] = []
  for (const own of drawn) {
    const count = own.reduce((sum, members) => sum + members.length, 0)
    let missing = Math.round(count * fraction)
    own.forEach((members, i) => {
      // Half a group too many is as far off as half a group too few; the last group teaches.
      const isHeld = missing > 0 && members.length < 2 * missing && i < own.length - 1
      if (isHeld) missing -= members.length
      ;(isHeld ? held : left).push(...members)
    })
  }
  // A group may hold photos of several classes, where labels are wrong.
  const pool = drawn.map((_, label) => left.filter((i) => photos[i]!.label === label))
  return { held, pool }
}

/** The first `size` photos of each class: those of a smaller size are among those of a larger one. */
export const taughtOf = ({ pool }: Draw, size: Size): number[] =>
  pool.flatMap((own) => (size === 'all' ? own : own.slice(0, size)))

/** The sizes that differ from all photos. */
export const sizesThatDiffer = ({ pool }: Draw, sizes: readonly Size[]): Size[] =>
  sizes.filter((size) => size === 'all' || pool.some((own) => own.length > size))

/** Group of each of `count` photos, from pairs that show the same. */
export function groupsOf(count: number, pairs: Iterable<readonly [number, number]>): number[] {
  const parent = Array.from({ length: count }, (_, i) => i)
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!
    return i
  }
  for (const [a, b] of pairs) parent[root(a)] = root(b)
  return parent.map((_, i) => root(i))
}
