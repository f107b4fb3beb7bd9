// What may be wrong with a data set, found before any training: files that cannot be used, the same
// or nearly the same photo twice, photos on both sides of a split, classes too small to learn. It
// only reports; nothing is changed.
import type { HealthFinding, HealthRepair, Picture, PictureClass } from '../../../shared/dataset'
import type { Fingerprints, Outline } from './fingerprint'
import { inParallel } from './parallel'

export interface HealthInput {
  readonly classes: readonly PictureClass[]
  readonly pictures: readonly Picture[]
  readonly fingerprints: Pick<Fingerprints, 'hash' | 'outline'>
  readonly onProgress?: (done: number, total: number) => void
}
interface Looked {
  readonly picture: Picture
  readonly hash: string
  readonly outline: Outline
}

/** A class below this learns badly. */
const fewPictures = 10
/** Bits of 64 that may differ between pictures that look alike. */
const nearBits = 6
const atOnce = 4
const smallestSide = 32
const largestSide = 12_000
const longestShape = 6

export async function findHealth({
  classes,
  pictures,
  fingerprints,
  onProgress,
}: HealthInput): Promise<HealthFinding[]> {
  const present = pictures.filter((picture) => !picture.excluded)
  const sound = present.filter((picture) => picture.problem === null)
  const looked: Looked[] = []
  const gone: HealthFinding[] = []
  let done = 0
  await inParallel(sound, atOnce, async (picture) => {
    try {
      const hash = await fingerprints.hash(picture.path)
      looked.push({ picture, hash, outline: await fingerprints.outline(picture.path) })
    } catch {
      gone.push(unreadableFinding(picture.id, 'can no longer be read'))
    }
    onProgress?.(++done, sound.length)
  })
  const order = new Map(sound.map((picture, i) => [picture.id, i]))
  looked.sort((a, b) => order.get(a.picture.id)! - order.get(b.picture.id)!)
  const same = groupBy(looked, (item) => item.hash).filter((group) => group.length > 1)
  return [
    ...present.flatMap(unreadable),
    ...gone,
    ...same.map(exactDuplicate),
    ...same.flatMap(leak),
    ...nearGroups(looked).map(nearDuplicate),
    ...tinyClasses(classes, sound),
    ...sound.flatMap(extremeSize),
    ...unlabelled(sound),
  ]
}

const ids = (group: readonly Looked[]) => group.map((item) => item.picture.id)
const paths = (group: readonly Looked[]) => group.map((item) => item.picture.name).join(', ')

const unreadable = ({ id, problem }: Picture): HealthFinding[] =>
  problem === null ? [] : [unreadableFinding(id, problem)]

const unreadableFinding = (id: string, reason: string): HealthFinding => ({
  kind: 'unreadable',
  pictures: [id],
  detail: reason,
  facts: { reason },
  repairs: [{ type: 'exclude', pictures: [id] }],
})

const keepFirst = (group: readonly Looked[]): HealthRepair => ({
  type: 'exclude',
  pictures: ids(group).slice(1),
})

function exactDuplicate(group: readonly Looked[]): HealthFinding {
  const classes = new Set(group.map((item) => item.picture.classId))
  const labels = classes.size > 1 ? ', under different classes' : ''
  return {
    kind: 'exact-duplicate',
    pictures: ids(group),
    detail: `the same file ${group.length} times${labels}: ${paths(group)}`,
    facts: { count: group.length, classes: classes.size, names: paths(group) },
    repairs: [keepFirst(group)],
  }
}

function leak(group: readonly Looked[]): HealthFinding[] {
  const found = [...new Set(group.map((item) => item.picture.split))].filter(
    (split) => split !== null,
  )
  if (found.length < 2) return []
  return [
    {
      kind: 'leak',
      pictures: ids(group),
      detail: `the same file in ${found.sort().join(' and ')}: ${paths(group)}`,
      facts: { count: group.length, splits: found.join(', '), names: paths(group) },
      repairs: [{ type: 'setSplit', pictures: ids(group), split: 'train' }, keepFirst(group)],
    },
  ]
}

function nearDuplicate(group: readonly Looked[]): HealthFinding {
  return {
    kind: 'near-duplicate',
    pictures: ids(group),
    detail: `${group.length} photos look almost the same: ${paths(group)}`,
    facts: { count: group.length, names: paths(group) },
    repairs: [keepFirst(group)],
  }
}

function tinyClasses(classes: readonly PictureClass[], sound: readonly Picture[]): HealthFinding[] {
  const groups = new Map(
    classes.map((item) => [item.id, { name: item.name, pictures: [] as string[] }]),
  )
  for (const { classId, id } of sound) if (classId !== null) groups.get(classId)?.pictures.push(id)
  return [...groups.values()]
    .filter((group) => group.pictures.length < fewPictures)
    .map(({ name, pictures }) => ({
      kind: 'tiny-class',
      pictures,
      detail: `"${name}" has ${pictures.length} usable photo(s)`,
      facts: { name, count: pictures.length },
      repairs: [],
    }))
}

function extremeSize({ id, width, height }: Picture): HealthFinding[] {
  if (width === null || height === null) return []
  const [short, long] = width < height ? [width, height] : [height, width]
  if (short >= smallestSide && long <= largestSide && long / short <= longestShape) return []
  return [
    {
      kind: 'extreme-size',
      pictures: [id],
      detail: `${width} x ${height} pixels`,
      facts: { width, height },
      repairs: [{ type: 'exclude', pictures: [id] }],
    },
  ]
}

function unlabelled(sound: readonly Picture[]): HealthFinding[] {
  const found = sound.filter((picture) => picture.classId === null).map((picture) => picture.id)
  return found.length
    ? [
        {
          kind: 'unlabelled',
          pictures: found,
          detail: `${found.length} photo(s) without a class`,
          facts: { count: found.length },
          repairs: [],
        },
      ]
    : []
}

/** Groups of pictures whose outlines differ in few bits. Two such outlines agree wholly in at least
 *  one of seven bands, so only those that share a band are compared: tens of thousands take seconds. */
function nearGroups(looked: readonly Looked[]): Looked[][] {
  const distinct = groupBy(looked, (item) => item.hash).map((group) => group[0]!)
  // A picture of one colour has no outline to speak of.
  const shaped = distinct.filter(
    ({ outline }) => bitCount(outline[0]) + bitCount(outline[1]) >= nearBits,
  )
  const parent = shaped.map((_, i) => i)
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!
    return i
  }
  for (let band = 0; band <= nearBits; band++) {
    const buckets = groupBy(
      shaped.map((_, i) => i),
      (i) => bandOf(shaped[i]!.outline, band),
    )
    for (const bucket of buckets)
      bucket.forEach((a, at) => {
        for (const b of bucket.slice(at + 1))
          if (root(a) !== root(b) && distance(shaped[a]!.outline, shaped[b]!.outline) <= nearBits)
            parent[root(b)] = root(a)
      })
  }
  return groupBy(
    shaped.map((item, i) => ({ item, root: root(i) })),
    ({ root }) => root,
  )
    .filter((group) => group.length > 1)
    .map((group) => group.map(({ item }) => item))
}

function bandOf([high, low]: Outline, band: number) {
  let bits = 0
  for (let bit = band; bit < 64; bit += nearBits + 1) {
    const half = bit < 32 ? high : low
    bits = (bits << 1) | ((half >>> (bit & 31)) & 1)
  }
  return bits
}

export const distance = (a: Outline, b: Outline) => bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1])

function bitCount(bits: number) {
  let left = bits - ((bits >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function groupBy<T, K>(list: readonly T[], key: (item: T) => K): T[][] {
  const groups = new Map<K, T[]>()
  for (const item of list) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return [...groups.values()]
}
