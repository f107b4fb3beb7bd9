// A labelled folder as the bench sees it: its readable photos in an order that depends on their content
// alone, with copies and near copies in one group.
import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { naturally } from '../../shared/naturalOrder'
import { nearPairs } from '../../main/engine/dataset/checks/nearDuplicates'
import { labelledFolder } from '../../main/engine/dataset/labelledFolder'
import { inParallel } from '../../main/engine/files/parallel'
import type { Fingerprint, Fingerprints } from '../../main/engine/pictures/fingerprint'
import { groupsOf, type DrawnPhoto } from './draws'

export interface SetPhoto extends DrawnPhoto {
  readonly path: string
  readonly className: string
  readonly hash: string
}
export interface PhotoSet {
  readonly name: string
  /** Changes with the photos, not with where they lie. */
  readonly content: string
  readonly classes: readonly string[]
  readonly photos: readonly SetPhoto[]
  readonly unreadable: number
  /** Photos that show the same as another one. */
  readonly copies: number
}

/** Folders train, val and test of the set are one: the bench draws its own splits. */
export async function openSet(folder: string, fingerprints: Fingerprints): Promise<PhotoSet> {
  const pictures = await labelledFolder(resolve(folder))
  const read: { picture: (typeof pictures)[number]; print: Fingerprint }[] = []
  await inParallel(pictures, 4, async (picture) => {
    const print = await fingerprints.print(picture.path).catch(() => null)
    if (print) read.push({ picture, print })
  })
  await fingerprints.flush()
  const key = ({ picture, print }: (typeof read)[number]) => `${print.hash} ${picture.className}`
  read.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  const classes = [...new Set(read.map(({ picture }) => picture.className))].sort(naturally)
  const groups = groupsOf(read.length, [
    ...equalFiles(read.map(({ print }) => print.hash)),
    ...(await nearPairs(read.map(({ print }) => print.look))).map(
      ({ a, b }) => [a, b] as [number, number],
    ),
  ])
  return {
    name: basename(resolve(folder)),
    content: createHash('sha256').update(read.map(key).join('\n')).digest('hex').slice(0, 12),
    classes,
    photos: read.map(({ picture: { path, className }, print: { hash } }, i) => ({
      ...{ path, className, hash },
      label: classes.indexOf(className),
      group: groups[i]!,
    })),
    unreadable: pictures.length - read.length,
    copies: read.length - new Set(groups).size,
  }
}

/** Neighbours with equal hashes, in a list sorted by hash. */
const equalFiles = (hashes: readonly string[]) =>
  hashes.flatMap((hash, i): [number, number][] =>
    i > 0 && hashes[i - 1] === hash ? [[i - 1, i]] : [],
  )
