// What may be wrong with a data set, found before any training: files that cannot be used, the same
// or nearly the same photo twice, photos on both sides of a split, classes too small to learn. It
// only reports; nothing is changed. Groups of similar pictures are cached until the pictures change.
import type { HealthFinding, Picture, PictureClass } from '../../../../shared/dataset'
import type { Fingerprint, Fingerprints, ReadFile } from '../../pictures/fingerprint'
import { groupBy } from '../../files/groupBy'
import {
  changed,
  exactDuplicate,
  extremeSize,
  imbalance,
  isPlain,
  leak,
  nearDuplicate,
  singleColour,
  tinyClasses,
  unlabelled,
  unreadable,
  unreadableFinding,
  type Looked,
} from './healthFindings'
import { nearPairs, type NearPair } from './nearDuplicates'
import { inParallel } from '../../files/parallel'
import { yieldToEventLoop } from '../../files/eventLoop'
import { background } from '../../files/turns'
import { reason } from '../../../../shared/reason'

export interface HealthInput {
  readonly classes: readonly PictureClass[]
  readonly pictures: readonly (Picture & Pick<ReadFile, 'hash'>)[]
  /** How alike the network finds two pictures (cosine of features, -1 to 1) by their ids; null while
   *  it does not know. */
  readonly likeness?: (a: string, b: string) => number | null
  readonly onProgress?: (done: number, total: number) => void
}
export interface Health {
  find(input: HealthInput): Promise<HealthFinding[]>
}

/** So few bits of 64 need no second opinion. */
const surelyNear = 3
/** On cifar10-sample copies of a picture have 0.57 and more, but those of half the size. */
const alike = 0.5
const atOnce = 4
/** Pictures that are looked at without a pause: nothing is read of those that are known. */
const breathEvery = 500

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
      const look = async (picture: (typeof sound)[number]) => {
        await background()
        try {
          if (picture.file !== 'missing')
            looks.set(picture.id, await fingerprints.print(picture.path, picture))
        } catch {
          // Reported below.
        }
        if (!looks.has(picture.id)) gone.push(unreadableFinding(picture.id, reason('file-gone')))
        if (++done % breathEvery === 0) await yieldToEventLoop()
        onProgress?.(done, sound.length)
      }
      await inParallel(sound, atOnce, look)
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
        ...sound.flatMap(changed),
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
