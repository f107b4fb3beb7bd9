// Whether the files of a data set are still at their places and unchanged, and where moved files are
// now. Looking costs one stat a file; only files that look different are read again.
import { stat } from 'node:fs/promises'
import { basename, join, posix, win32 } from 'node:path'
import type { MissingFolder } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { sha256OfFile } from '../../files/hashFile'
import type { FileFacts, StoredPicture } from '../labels/edits'
import { fileFactsOf } from '../labels/fileFacts'
import { inParallel } from '../../files/parallel'
import { background } from '../../files/turns'
import { walk, type Tree } from '../intake/walk'

export interface Looked {
  /** Newly missing. */
  readonly gone: readonly FileFacts[]
  /** Must be read again: their size or time of change differs, or they were missing. Pictures that were
   *  never read are not among them, because they wait to be read anyway. */
  readonly suspect: readonly StoredPicture[]
}

const atOnce = 32

/** A project may come from another computer: its paths are read as they were written, by Windows or not. */
const styleOf = (path: string) => (/^([a-z]:|\\\\)/i.test(path) ? win32 : posix)

export async function lookForFiles(
  pictures: readonly StoredPicture[],
  onProgress: (done: number) => void = () => {},
): Promise<Looked> {
  const gone: FileFacts[] = []
  const suspect: StoredPicture[] = []
  let done = 0
  const before = pictures.filter(({ bytes, file }) => bytes !== null || file === 'missing')
  await inParallel(before, atOnce, async (picture) => {
    await background()
    const found = await stat(picture.path).catch(() => null)
    if (++done % 1000 === 0) onProgress(done)
    if (found === null) {
      if (picture.file !== 'missing') gone.push({ ...fileFactsOf(picture), file: 'missing' })
    } else if (
      picture.file === 'missing' ||
      found.size !== picture.bytes ||
      found.mtimeMs !== picture.modified
    )
      suspect.push(picture)
  })
  return { gone, suspect }
}

/** Where missing pictures were, most pictures first: the highest folder that is gone, or the picture's
 *  folder where that still exists. */
export async function missingFolders(pictures: readonly StoredPicture[]): Promise<MissingFolder[]> {
  const exists = new Map<string, Promise<boolean>>()
  const isThere = (folder: string) => {
    const asked =
      exists.get(folder) ??
      stat(folder).then(
        () => true,
        () => false,
      )
    exists.set(folder, asked)
    return asked
  }
  const highestGone = async (folder: string): Promise<string> => {
    const above = styleOf(folder).dirname(folder)
    if (above === folder || (await isThere(folder)) || (await isThere(above))) return folder
    return highestGone(above)
  }
  const counts = new Map<string, number>()
  for (const { path, file } of pictures) {
    if (file !== 'missing') continue
    const folder = await highestGone(styleOf(path).dirname(path))
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts].map(([folder, count]) => ({ folder, count })).sort((a, b) => b.count - a.count)
}

export interface Search {
  readonly from: string
  readonly to: string
  readonly pictures: readonly StoredPicture[]
}
export interface FoundAgain {
  /** The same pictures at their new places, to be read next. */
  readonly moved: readonly StoredPicture[]
  /** How many of them were found by their content instead of their path. */
  readonly byContent: number
  readonly missing: number
}

/** Looks for the missing pictures below `from` at the same relative path below `to`, and for the rest
 *  among all files below `to`, by size and then by hash.
 *  @throws {Failure} bad-input when none is missing below `from`, file-missing and file-unreadable for
 *  `to` */
export async function findMoved({ from, to, pictures }: Search): Promise<FoundAgain> {
  const { sep } = styleOf(from)
  const start = /[\\/]$/.test(from) ? from : from + sep
  const lost = pictures.filter(({ path, file }) => file === 'missing' && path.startsWith(start))
  if (lost.length === 0)
    throw new Failure('bad-input', { reason: reason('none-missing-there', { folder: from }) })
  const taken = new Set(pictures.map(({ path }) => path))
  const moved: StoredPicture[] = []
  const elsewhere: StoredPicture[] = []
  const take = (picture: StoredPicture, path: string) => {
    taken.add(path)
    moved.push({ ...picture, path, name: basename(path).normalize('NFC') })
  }
  const tree = await walk([to])
  await inParallel(lost, atOnce, async (picture) => {
    const path = join(to, ...picture.path.slice(start.length).split(sep))
    const found = await stat(path).catch(() => null)
    if (found?.isFile() && !taken.has(path)) take(picture, path)
    else elsewhere.push(picture)
  })
  const before = moved.length
  const bySize = await sizesOf(tree.folders.flatMap(pathsIn), elsewhere)
  for (const picture of elsewhere) {
    const candidates = bySize.get(picture.bytes ?? -1) ?? []
    const likely = [...candidates].sort((a, b) => sameName(b, picture) - sameName(a, picture))
    for (const path of likely) {
      if (taken.has(path) || (await sha256OfFile(path).catch(() => null)) !== picture.hash) continue
      take(picture, path)
      break
    }
  }
  return { moved, byContent: moved.length - before, missing: lost.length - moved.length }
}

const sameName = (path: string, picture: StoredPicture) =>
  basename(path) === styleOf(picture.path).basename(picture.path) ? 1 : 0

const pathsIn = (tree: Tree): string[] => [
  ...tree.pictures.map((name) => join(tree.path, name)),
  ...tree.folders.flatMap(pathsIn),
]

/** Paths by size, of the sizes that are looked for. */
async function sizesOf(paths: readonly string[], wanted: readonly StoredPicture[]) {
  const sizes = new Set(wanted.flatMap(({ bytes, hash }) => (hash === null ? [] : (bytes ?? []))))
  const bySize = new Map<number, string[]>()
  if (sizes.size === 0) return bySize
  await inParallel(paths, atOnce, async (path) => {
    const found = await stat(path).catch(() => null)
    if (!found || !sizes.has(found.size)) return
    const known = bySize.get(found.size)
    if (known) known.push(path)
    else bySize.set(found.size, [path])
  })
  return bySize
}
