// Many pictures in few values: one string of ids, one of file names, typed arrays for the rest. Copying
// tens of thousands of objects between processes would block the window; this is copied as a few blocks
// of memory. A pack contains its own tables of folders and classes, and unpacking gives equal pictures.
import { fileStates, splits, type Picture, type PictureColumns } from './dataset'
import type { Reason } from './reason'

const excludedBit = 4
const reviewedBit = 8
const fileShift = 4

export function packPictures(pictures: readonly Picture[]): PictureColumns {
  const count = pictures.length
  const folders = new Numbering()
  const classes = new Numbering()
  const files: string[] = []
  const problems: { at: number; problem: Reason }[] = []
  const columns = {
    folder: new Uint32Array(count),
    class: new Int32Array(count),
    flags: new Uint8Array(count),
    width: new Uint32Array(count),
    height: new Uint32Array(count),
    bytes: new Float64Array(count),
    modified: new Float64Array(count),
  }
  pictures.forEach((picture, at) => {
    const end = endOfFolder(picture.path)
    files.push(picture.path.slice(end))
    columns.folder[at] = folders.of(picture.path.slice(0, end))
    columns.class[at] = picture.classId === null ? -1 : classes.of(picture.classId)
    columns.flags[at] = flagsOf(picture)
    columns.width[at] = picture.width ?? 0
    columns.height[at] = picture.height ?? 0
    columns.bytes[at] = picture.bytes ?? 0
    columns.modified[at] = picture.modified ?? 0
    if (picture.problem !== null) problems.push({ at, problem: picture.problem })
  })
  return {
    count,
    ids: pictures.map(({ id }) => id).join('/'),
    files: files.join('/'),
    folders: folders.names,
    classIds: classes.names,
    ...columns,
    problems,
  }
}

export function unpackPictures(columns: PictureColumns): Picture[] {
  if (columns.count === 0) return []
  const ids = columns.ids.split('/')
  const files = columns.files.split('/')
  const problems = new Map(columns.problems.map(({ at, problem }) => [at, problem]))
  return ids.map((id, at) => {
    const flags = columns.flags[at]!
    const file = files[at]!
    return {
      id,
      path: columns.folders[columns.folder[at]!]! + file,
      name: file.normalize('NFC'),
      classId: columns.classIds[columns.class[at]!] ?? null,
      split: splits[(flags & 3) - 1] ?? null,
      excluded: (flags & excludedBit) !== 0,
      reviewed: (flags & reviewedBit) !== 0,
      file: fileStates[flags >> fileShift]!,
      problem: problems.get(at) ?? null,
      width: columns.width[at] || null,
      height: columns.height[at] || null,
      bytes: columns.bytes[at] || null,
      modified: columns.modified[at] || null,
    }
  })
}

/** Windows knows both separators, and "\\" is part of a name elsewhere: only a path that begins like
 *  a Windows path is cut there. */
const endOfFolder = (path: string) => {
  const last = path.lastIndexOf('/')
  return (/^([a-z]:|\\\\)/i.test(path) ? Math.max(last, path.lastIndexOf('\\')) : last) + 1
}

const flagsOf = (picture: Picture) =>
  (picture.split === null ? 0 : splits.indexOf(picture.split) + 1) |
  (picture.excluded ? excludedBit : 0) |
  (picture.reviewed ? reviewedBit : 0) |
  (fileStates.indexOf(picture.file) << fileShift)

/** Names in order of first use, and their places. */
class Numbering {
  readonly names: string[] = []
  private readonly places = new Map<string, number>()
  of(name: string) {
    const known = this.places.get(name)
    if (known !== undefined) return known
    this.places.set(name, this.names.length)
    return this.names.push(name) - 1
  }
}
