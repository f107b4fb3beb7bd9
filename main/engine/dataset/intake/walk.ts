// What lies in dropped files and folders, by names alone: the tree of pictures, and what is passed
// over and why. Nothing is opened but folders, no folder is followed twice (links may form loops),
// and everything is listed in the order a person would.
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { ignoredReasons, type Ignored } from '../../../../shared/dataset'
import { readFailure } from '../../files/fileFailures'
import { inNaturalOrder } from '../../../../shared/naturalOrder'

export interface Tree {
  readonly path: string
  /** Composed (NFC), as classes are named. */
  readonly name: string
  /** Names of the picture files directly in it. */
  readonly pictures: readonly string[]
  readonly folders: readonly Tree[]
  /** Pictures in it and below. */
  readonly count: number
}
export interface Walked {
  /** Pictures dropped by themselves, as paths. */
  readonly pictures: readonly string[]
  /** The dropped folders. */
  readonly folders: readonly Tree[]
  readonly ignored: readonly Ignored[]
  /** CSV and JSON files that look like labels, as paths; at most twenty. */
  readonly labelFiles: readonly string[]
}

const known = setOf('.jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .avif .heic .heif .hif')
/** Pictures, but of kinds that are not decoded here; raw files are no pictures yet. */
const unsupported = setOf('.jxl .jp2 .jpx .psd .svg .ico .dng .cr2 .cr3 .nef .arw .orf .raf .rw2')
const clutter = setOf('__macosx thumbs.db ehthumbs.db desktop.ini .ds_store $recycle.bin')
const mostLabelFiles = 20
/** `onFound` is called with the number of pictures so far.
 *  @throws {Failure} file-missing and file-unreadable for a dropped path, never for a path below it */
export async function walk(
  paths: readonly string[],
  onFound: (count: number) => void = () => {},
): Promise<Walked> {
  const ignored = new Tally()
  const visited = new Set<string>()
  const labelFiles: string[] = []
  let found = 0

  /** Whether it is a picture; what else it is gets counted. */
  const takeFile = (name: string, folder: string) => {
    const extension = extname(name).toLowerCase()
    if (known.has(extension)) return true
    const path = join(folder, name)
    if (looksLikeLabels(name) && labelFiles.length < mostLabelFiles) labelFiles.push(path)
    ignored.add(unsupported.has(extension) ? 'unsupported' : 'not-a-picture', path)
    return false
  }
  const open = async (path: string): Promise<Tree> => {
    const real = await realpath(path)
    const name = nameOf(path)
    if (visited.has(real)) {
      ignored.add('twice', path)
      return { path, name, pictures: [], folders: [], count: 0 }
    }
    visited.add(real)
    const pictures: string[] = []
    const inside: string[] = []
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const kind = entry.isSymbolicLink()
        ? await stat(join(path, entry.name)).catch(() => null)
        : entry
      if (clutter.has(entry.name.toLowerCase())) ignored.add('system', join(path, entry.name))
      else if (await isUndecodable(path, entry.name)) ignored.add('name', join(path, entry.name))
      else if (entry.name.startsWith('.')) ignored.add('hidden', join(path, entry.name))
      else if (kind?.isDirectory()) inside.push(entry.name)
      else if (!kind?.isFile()) ignored.add('unreadable', join(path, entry.name))
      else if (takeFile(entry.name, path)) pictures.push(entry.name)
    }
    found += pictures.length
    onFound(found)
    const folders: Tree[] = []
    for (const each of inNaturalOrder(inside)) {
      const below = join(path, each)
      const tree = await open(below).catch(() => null)
      if (tree) folders.push(tree)
      else ignored.add('unreadable', below)
    }
    const count = folders.reduce((sum, folder) => sum + folder.count, pictures.length)
    return { path, name, pictures: inNaturalOrder(pictures), folders, count }
  }

  const pictures: string[] = []
  const folders: Tree[] = []
  for (const each of paths) {
    const path = resolve(each)
    try {
      if ((await stat(path)).isDirectory()) folders.push(await open(path))
      else if (takeFile(basename(path), dirname(path))) pictures.push(path)
    } catch (error) {
      throw readFailure(path, error)
    }
  }
  return { pictures, folders, ignored: ignored.list(), labelFiles }
}

/** By its ending alone. */
export const isPictureName = (name: string) => known.has(extname(name).toLowerCase())

export const nameOf = (path: string) => basename(path).normalize('NFC')

/** Linux allows names that are no UTF-8. Node replaces what it cannot decode, and then no file of that name
 *  is there. */
const isUndecodable = async (folder: string, name: string) =>
  name.includes('\uFFFD') &&
  (await lstat(join(folder, name)).then(
    () => false,
    () => true,
  ))

const looksLikeLabels = (name: string) =>
  /\.(csv|tsv)$/i.test(name) || /(annotation|coco|instances|label).*\.json$/i.test(name)

/** How many files were passed over for each reason. */
class Tally {
  private readonly reasons = new Map<Ignored['reason'], { count: number; example: string }>()
  add(reason: Ignored['reason'], example: string) {
    const known = this.reasons.get(reason)
    if (known) known.count++
    else this.reasons.set(reason, { count: 1, example })
  }
  list(): Ignored[] {
    return ignoredReasons.flatMap((reason) => {
      const known = this.reasons.get(reason)
      return known ? [{ reason, ...known }] : []
    })
  }
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '))
}
