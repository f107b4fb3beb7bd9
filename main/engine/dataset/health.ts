// What may be wrong with a data set, found before any training: files that cannot be used, the same
// or nearly the same photo twice, photos on both sides of a split, classes too small to learn. It
// only reports; nothing is changed. What was found alike is kept until the pictures change.
import type { HealthFinding, HealthRepair, Picture, PictureClass } from '../../../shared/dataset'
import type { Fingerprint, Fingerprints } from './fingerprint'
import { nearPairs, type NearPair } from './nearDuplicates'
import { inParallel } from './parallel'

export interface HealthInput {
  readonly classes: readonly PictureClass[]
  readonly pictures: readonly Picture[]
  /** How alike the network finds two pictures (cosine of features, -1 to 1) by their ids; null while
   *  it does not know. */
  readonly likeness?: (a: string, b: string) => number | null
  readonly onProgress?: (done: number, total: number) => void
}
export interface Health {
  find(input: HealthInput): Promise<HealthFinding[]>
}
interface Looked extends Fingerprint {
  readonly picture: Picture
}

/** A class below this learns badly. */
const fewPictures = 10
/** So many times the photos of the smallest class make the largest one drown it. */
const imbalanced = 5
/** So few bits of 64 need no second opinion. */
const surelyNear = 3
/** On cifar10-sample copies of a picture have 0.57 and more, but those of half the size. */
const alike = 0.5
/** Largest standard deviation (of 255) that counts as one colour. */
const oneColour = 3
const atOnce = 4
const smallestSide = 32
const largestSide = 12_000
const longestShape = 6

export function openHealth(fingerprints: Pick<Fingerprints, 'print'>): Health {
  let known: { readonly key: string; readonly pairs: NearPair[] } = { key: '', pairs: [] }
  const pairsOf = async (distinct: readonly Looked[]) => {
    const key = distinct.map(({ hash }) => hash).join()
    if (known.key !== key) known = { key, pairs: await nearPairs(distinct.map(({ look }) => look)) }
    return known.pairs
  }
  return {
    async find({ classes, pictures, likeness = () => null, onProgress }) {
      const present = pictures.filter((picture) => !picture.excluded)
      const sound = present.filter((picture) => picture.problem === null)
      const looks = new Map<string, Fingerprint>()
      const gone: HealthFinding[] = []
      let done = 0
      await inParallel(sound, atOnce, async (picture) => {
        try {
          looks.set(picture.id, await fingerprints.print(picture.path))
        } catch {
          gone.push(unreadableFinding(picture.id, 'can no longer be read'))
        }
        onProgress?.(++done, sound.length)
      })
      const looked = sound.flatMap((picture) => {
        const found = looks.get(picture.id)
        return found ? [{ ...found, picture }] : []
      })
      const byHash = groupBy(looked, (item) => item.hash)
      const same = byHash.filter((group) => group.length > 1)
      const distinct = byHash.map((group) => group[0]!).filter((item) => !isPlain(item))
      const near = nearGroups(distinct, {
        pairs: await pairsOf(distinct),
        likeness,
        copies: new Map(byHash.map((group) => [group[0]!, group])),
      })
      return [
        ...present.flatMap(unreadable),
        ...gone,
        ...same.map(exactDuplicate),
        ...near.map(nearDuplicate),
        ...[...same, ...near].flatMap(leak),
        ...tinyClasses(classes, sound),
        ...imbalance(classes, sound),
        ...sound.flatMap(extremeSize),
        ...looked.flatMap(singleColour),
        ...unlabelled(sound),
      ]
    },
  }
}

const ids = (group: readonly Looked[]) => group.map((item) => item.picture.id)
const names = (group: readonly Looked[]) => group.map((item) => item.picture.name).join(', ')
const isPlain = ({ look }: Looked) => look.spread <= oneColour

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

/** What duplicates have in common, and whether they contradict each other. */
const factsOf = (group: readonly Looked[]) => ({
  count: group.length,
  classes: new Set(group.map((item) => item.picture.classId)).size,
  names: names(group),
})
const contradiction = (group: readonly Looked[]) =>
  factsOf(group).classes > 1 ? ', under different classes' : ''

const exactDuplicate = (group: readonly Looked[]): HealthFinding => ({
  kind: 'exact-duplicate',
  pictures: ids(group),
  detail: `the same file ${group.length} times${contradiction(group)}: ${names(group)}`,
  facts: factsOf(group),
  repairs: [keepFirst(group)],
})

const nearDuplicate = (group: readonly Looked[]): HealthFinding => ({
  kind: 'near-duplicate',
  pictures: ids(group),
  detail: `${group.length} photos look almost the same${contradiction(group)}: ${names(group)}`,
  facts: factsOf(group),
  repairs: [keepFirst(group)],
})

/** The repair moves all of them to where most are, or leaves out all but the first. */
function leak(group: readonly Looked[]): HealthFinding[] {
  const bySplit = groupBy(
    group.filter(({ picture }) => picture.split !== null),
    ({ picture }) => picture.split!,
  ).sort((a, b) => b.length - a.length)
  if (bySplit.length < 2) return []
  const found = bySplit.map((part) => part[0]!.picture.split!).sort()
  return [
    {
      kind: 'leak',
      pictures: ids(group),
      detail: `the same photo in ${found.join(' and ')}: ${names(group)}`,
      facts: { ...factsOf(group), splits: found.join(', ') },
      repairs: [
        { type: 'setSplit', pictures: ids(group), split: bySplit[0]![0]!.picture.split! },
        keepFirst(group),
      ],
    },
  ]
}

function perClass(classes: readonly PictureClass[], sound: readonly Picture[]) {
  const groups = new Map(
    classes.map((item) => [item.id, { name: item.name, pictures: [] as string[] }]),
  )
  for (const { classId, id } of sound) if (classId !== null) groups.get(classId)?.pictures.push(id)
  return [...groups.values()]
}

const tinyClasses = (
  classes: readonly PictureClass[],
  sound: readonly Picture[],
): HealthFinding[] =>
  perClass(classes, sound)
    .filter((group) => group.pictures.length < fewPictures)
    .map(({ name, pictures }) => ({
      kind: 'tiny-class',
      pictures,
      detail: `"${name}" has ${pictures.length} usable photo(s)`,
      facts: { name, count: pictures.length },
      repairs: [],
    }))

/** Points at the class that drowns; what is amiss is the share, so there is nothing to leave out. */
function imbalance(classes: readonly PictureClass[], sound: readonly Picture[]): HealthFinding[] {
  const groups = perClass(classes, sound).sort((a, b) => a.pictures.length - b.pictures.length)
  const [least, most] = [groups[0], groups[groups.length - 1]]
  if (!least?.pictures.length || !most) return []
  if (most.pictures.length < imbalanced * least.pictures.length) return []
  const [few, many] = [least.pictures.length, most.pictures.length]
  return [
    {
      kind: 'imbalance',
      pictures: least.pictures,
      detail: `"${most.name}" has ${many} photos, "${least.name}" ${few}`,
      facts: { name: least.name, count: few, largest: most.name, largestCount: many },
      repairs: [],
    },
  ]
}

const singleColour = (item: Looked): HealthFinding[] =>
  isPlain(item)
    ? [
        {
          kind: 'single-colour',
          pictures: [item.picture.id],
          detail: `${item.picture.name} shows one colour only`,
          facts: { name: item.picture.name },
          repairs: [{ type: 'exclude', pictures: [item.picture.id] }],
        },
      ]
    : []

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

interface Alike {
  readonly pairs: readonly NearPair[]
  readonly likeness: (a: string, b: string) => number | null
  /** Of each distinct file, all pictures that are that file. */
  readonly copies: ReadonlyMap<Looked, readonly Looked[]>
}

/** Pairs that the network agrees with, joined into groups of all the pictures concerned. */
function nearGroups(distinct: readonly Looked[], { pairs, likeness, copies }: Alike): Looked[][] {
  const parent = distinct.map((_, i) => i)
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!
    return i
  }
  for (const { a, b, bits } of pairs) {
    const agreed = likeness(distinct[a]!.picture.id, distinct[b]!.picture.id) ?? 1
    if (bits <= surelyNear || agreed >= alike) parent[root(b)] = root(a)
  }
  const joined = new Set(pairs.flatMap(({ a, b }) => [a, b]))
  return groupBy(
    [...joined].sort((a, b) => a - b),
    root,
  )
    .filter((group) => group.length > 1)
    .map((group) => group.flatMap((i) => copies.get(distinct[i]!)!))
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
