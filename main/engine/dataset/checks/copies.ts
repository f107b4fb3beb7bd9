// Which photos are copies of each other, so that none of them judges a model that another one taught: equal
// files, and the same photo resized, recompressed, cropped or mirrored.
import type { Fingerprint, Fingerprints, ReadFile } from '../../pictures/fingerprint'
import { yieldToEventLoop } from '../../files/eventLoop'
import { inParallel } from '../../files/parallel'
import { background } from '../../files/turns'
import { isPlain } from './healthFindings'
import { nearPairs } from './nearDuplicates'

/** So few bits of 64 are a copy, however many photos they join. */
const surelyNear = 3
/** A chain of photos that look alike is no copy of one photo: all leaves on white paper look alike. Beyond
 *  this part of all photos, and this many, only what is surely near is joined. */
const largestPart = 0.05
const largestCount = 10
const atOnce = 4
/** Files that are looked at without a pause: nothing is read of those that are known. */
const breathEvery = 500

export interface Looked {
  readonly hash: string | null
  /** Copies have the same; null: there is no copy of it. */
  readonly group: string | null
}
type File = { readonly id: string; readonly path: string } & Partial<ReadFile>

/** Finds copies, and remembers the last answer until other files are asked about. */
export function openCopies(fingerprints: Pick<Fingerprints, 'hash' | 'print'>) {
  let last: { readonly of: string; readonly groups: ReadonlyMap<string, string> } | null = null
  return {
    /** Reads every file that was not read before; files that cannot be read have neither hash nor group.
     *  @param onProgress called after each file */
    async find(
      files: readonly File[],
      onProgress?: (done: number, total: number) => void,
    ): Promise<Map<string, Looked>> {
      const prints = new Map<string, Fingerprint>()
      const hashes = new Map<string, string>()
      let done = 0
      const look = async ({ id, path, bytes = null, modified = null, hash = null }: File) => {
        await background()
        const read = { bytes, modified, hash }
        try {
          const print = await fingerprints.print(path, read)
          prints.set(id, print)
          hashes.set(id, print.hash)
        } catch {
          const known = await fingerprints.hash(path, read).catch(() => null)
          if (known !== null) hashes.set(id, known)
        }
        if (++done % breathEvery === 0) await yieldToEventLoop()
        onProgress?.(done, files.length)
      }
      await inParallel(files, atOnce, look)
      const all = [...prints.values()]
      const of = all
        .map(({ hash }) => hash)
        .sort()
        .join()
      if (last?.of !== of) last = { of, groups: await copyGroups(all) }
      const { groups } = last
      return new Map(
        files.map(({ id }) => {
          const hash = hashes.get(id) ?? null
          return [id, { hash, group: hash === null ? null : (groups.get(hash) ?? null) }]
        }),
      )
    },
  }
}

/** Of each hash the least hash of its copies; hashes without copies have none. */
export async function copyGroups(prints: readonly Fingerprint[]): Promise<Map<string, string>> {
  const known = new Map<string, Fingerprint & { count: number }>()
  for (const print of prints)
    known.set(print.hash, { ...print, count: (known.get(print.hash)?.count ?? 0) + 1 })
  // Sorted, so that neither names nor places decide what is joined first.
  const distinct = [...known.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1))
  const seen = distinct.filter(({ look }) => !isPlain({ look }))
  const pairs = await nearPairs(seen.map(({ look }) => look))
  const parent = seen.map((_, i) => i)
  const count = seen.map((item) => item.count)
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!
    return i
  }
  const most = Math.max(largestCount, largestPart * prints.length)
  for (const { a, b, bits } of [...pairs].sort((one, other) => one.bits - other.bits)) {
    const [first, second] = [root(a), root(b)].sort((x, y) => x - y) as [number, number]
    if (first === second) continue
    if (bits > surelyNear && count[first]! + count[second]! > most) continue
    parent[second] = first
    count[first]! += count[second]!
  }
  return new Map(
    seen.flatMap(({ hash }, i) =>
      count[root(i)]! > 1 ? [[hash, seen[root(i)]!.hash] as const] : [],
    ),
  )
}
