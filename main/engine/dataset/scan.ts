// Turns whatever was dropped (files and folders in any mix) into a list of pictures with the class
// and the split that their folders tell. It only looks at names, never at pixels, follows no folder
// twice (links may form loops) and lists in the order a person would.
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import type { Split } from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'

export interface FoundPicture {
  readonly path: string
  /** Null: the folders do not tell, so it is unlabelled. */
  readonly className: string | null
  readonly split: Split | null
}
export interface Found {
  readonly pictures: readonly FoundPicture[]
  /** How many files were passed over because they are no pictures. */
  readonly ignored: number
}

const extensions = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.png',
  '.webp',
  '.gif',
  '.tif',
  '.tiff',
  '.avif',
])
const clutter = new Set(['__macosx', 'thumbs.db', 'desktop.ini'])
const splitNames: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['test', 'test'],
  ['testing', 'test'],
])
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** "2.jpg" before "10.jpg"; names that read the same keep one fixed order. */
export const naturally = (a: string, b: string) =>
  collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

interface Folder {
  readonly path: string
  readonly folders: readonly string[]
  readonly files: readonly string[]
}
type Origin = Omit<FoundPicture, 'path'>
const unknown: Origin = { className: null, split: null }

/** Sub-folders train/val/test become splits and theirs classes; other sub-folders become classes.
 *  A flat folder is unlabelled when dropped alone, and a class when dropped beside other folders.
 *  Throws 'file-missing' and 'file-unreadable' for a dropped path, 'folder-empty' for no pictures. */
export async function scan(
  paths: readonly string[],
  onFound: (count: number) => void = () => {},
): Promise<Found> {
  const found = new Map<string, FoundPicture>()
  const visited = new Set<string>()
  let ignored = 0

  const addFiles = (files: readonly string[], origin: Origin) => {
    for (const path of files) {
      if (!extensions.has(extname(path).toLowerCase())) ignored++
      else if (!found.has(path)) found.set(path, { path, ...origin })
    }
    onFound(found.size)
  }
  const open = async (path: string): Promise<Folder> => {
    const real = await realpath(path)
    const listed: Folder = { path, folders: [], files: [] }
    if (visited.has(real)) return listed
    visited.add(real)
    const { folders, files, broken } = await list(path)
    ignored += broken
    return { path, folders, files }
  }
  const openInside = (path: string) =>
    open(path).catch((): Folder => {
      ignored++
      return { path, folders: [], files: [] }
    })
  const addTree = async (folder: Folder, origin: Origin) => {
    addFiles(folder.files, origin)
    for (const path of folder.folders) await addTree(await openInside(path), origin)
  }
  const addClasses = async (folder: Folder, split: Split | null) => {
    addFiles(folder.files, { className: null, split })
    for (const path of folder.folders)
      await addTree(await openInside(path), { className: nameOf(path), split })
  }
  const countTree = async (folder: Folder): Promise<void> => {
    ignored += folder.files.length
    for (const path of folder.folders) await countTree(await openInside(path))
  }
  const addDropped = async (folder: Folder, beside: boolean): Promise<void> => {
    const only = folder.folders.length === 1 && folder.files.length === 0 ? folder.folders[0] : null
    if (holdsSplits(folder)) {
      addFiles(folder.files, unknown)
      for (const path of folder.folders) {
        const split = splitNames.get(nameOf(path).toLowerCase())
        const inside = await openInside(path)
        if (split) await addClasses(inside, split)
        else await countTree(inside)
      }
    } else if (only) {
      // An unpacked archive often holds one folder that holds the rest.
      const inside = await openInside(only)
      if (inside.folders.length > 0) await addDropped(inside, beside)
      else addFiles(inside.files, { className: nameOf(only), split: ownSplit(folder) })
    } else if (folder.folders.length > 0) {
      await addClasses(folder, ownSplit(folder))
    } else {
      const className = beside ? nameOf(folder.path) : null
      addFiles(folder.files, { className, split: null })
    }
  }

  const dropped = await Promise.all(paths.map((path) => kindOf(resolve(path))))
  const folders = dropped.filter((item) => item.isFolder)
  addFiles(
    dropped.filter((item) => !item.isFolder).map((item) => item.path),
    unknown,
  )
  for (const { path } of folders) {
    const folder = await open(path).catch((error: unknown) => {
      throw unreadable(path, error)
    })
    await addDropped(folder, folders.length > 1)
  }
  const first = folders[0]
  if (found.size === 0 && first) throw new Failure('folder-empty', { path: first.path })
  return { pictures: [...found.values()], ignored }
}

const nameOf = (path: string) => basename(path).normalize('NFC')
const ownSplit = (folder: Folder) => splitNames.get(nameOf(folder.path).toLowerCase()) ?? null
const isClutter = (name: string) => name.startsWith('.') || clutter.has(name.toLowerCase())

/** Some folders lie beside train and val in published sets (annotations, say): a train folder with
 *  a val or test folder is enough; one alone counts when there is nothing else. */
function holdsSplits({ folders }: Folder) {
  const known = folders.map((path) => splitNames.get(nameOf(path).toLowerCase()))
  if (folders.length === 0 || !known.includes('train')) return false
  return known.includes('val') || known.includes('test') || known.every(Boolean)
}

async function list(path: string) {
  const folders: string[] = []
  const files: string[] = []
  let broken = 0
  const entries = await readdir(path, { withFileTypes: true })
  entries.sort((a, b) => naturally(a.name, b.name))
  for (const entry of entries) {
    if (isClutter(entry.name)) continue
    const inside = join(path, entry.name)
    const kind = entry.isSymbolicLink() ? await stat(inside).catch(() => null) : entry
    if (kind?.isDirectory()) folders.push(inside)
    else if (kind?.isFile()) files.push(inside)
    else broken++
  }
  return { folders, files, broken }
}

async function kindOf(path: string) {
  try {
    return { path, isFolder: (await stat(path)).isDirectory() }
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'ENOENT') return new Failure('file-missing', { path })
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code
  return new Failure('file-unreadable', { path, reason })
}
