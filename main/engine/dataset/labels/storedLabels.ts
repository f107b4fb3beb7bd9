// The format of labels on the disk: an edit as one value for its line in the journal, a whole state as
// the lines of a snapshot. Pictures are written in columns, a few thousand a line, so that writing
// 60,000 never holds up other work for long. Reading back gives equal values.
import type { PictureClass, PictureColumns, SplitPolicy } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { packPictures, unpackPictures } from '../../../../shared/pictureColumns'
import type { FileFacts, JournalEdit, Labels, Patch, StoredPicture } from './edits'
import { fileFactsOf } from './fileFacts'
import { problemOf } from './problemPhrases'
import { editOf, stateOf, type FirstEdit, type FirstState } from './firstFormat'
import { hasRule } from './rules'

const format = 2
const picturesALine = 4000
const patchesALine = 200

export function encodeEdit(edit: JournalEdit): unknown {
  switch (edit.type) {
    case 'addPictures':
      return { ...edit, pictures: encodePictures(edit.pictures) }
    case 'found':
      return { ...edit, facts: encodePictures(edit.facts.map(asPicture)) }
    default:
      return edit
  }
}

/** The journal holds only what was encoded here, so no more is checked than that the kind of edit is
 *  known.
 *  @throws {Failure} file-unreadable when it is not */
export function decodeEdit(stored: unknown): JournalEdit {
  const edit = stored as StoredEdit
  switch (edit.type) {
    case 'addPictures':
      return 'groups' in edit ? { ...edit, pictures: decodePictures(edit.pictures) } : editOf(edit)
    case 'found':
      return { type: 'found', facts: decodePictures(edit.facts).map(fileFactsOf) }
    case 'removeClass':
    case 'label':
    case 'setSplit':
    case 'exclude':
    case 'inspected':
    case 'colourClass':
      return editOf(edit)
    default:
      if (edit.type === 'undo' || edit.type === 'redo' || hasRule(edit.type)) return edit
      throw otherVersion()
  }
}

const otherVersion = () =>
  new Failure('file-unreadable', {
    path: 'labels.jsonl',
    reason: reason('other-version'),
  })

/** One value a line. The lines are made one by one, all of the state at the time of the call. */
export function encodeState({ pictures, ...rest }: Labels): Generator<unknown> {
  return encodeLines(rest, [...pictures.values()])
}

function* encodeLines(
  { classes, splits, undo, redo }: Omit<Labels, 'pictures'>,
  pictures: readonly StoredPicture[],
): Generator<unknown> {
  yield { format, classes, splits, pictures: pictures.length, undo: undo.length, redo: redo.length }
  for (let at = 0; at < pictures.length; at += picturesALine)
    yield { pictures: encodePictures(pictures.slice(at, at + picturesALine)) }
  for (const [name, patches] of [
    ['undo', undo],
    ['redo', redo],
  ] as const)
    for (let at = 0; at < patches.length; at += patchesALine)
      yield { [name]: patches.slice(at, at + patchesALine).map(encodePatch) }
}

/** Null when the lines are not those of one complete state. */
export function decodeState(lines: readonly unknown[]): Labels | null {
  const [head, ...rest] = lines as [Head | FirstState | undefined, ...StateLine[]]
  if (!head) return null
  if (!('format' in head)) return Array.isArray(head.pictures) ? stateOf(head) : null
  if (head.format !== format) return null
  const pictures = new Map<string, StoredPicture>()
  const undo: Patch[] = []
  const redo: Patch[] = []
  for (const line of rest) {
    if (line.pictures) for (const each of decodePictures(line.pictures)) pictures.set(each.id, each)
    undo.push(...(line.undo ?? []).map(decodePatch))
    redo.push(...(line.redo ?? []).map(decodePatch))
  }
  const whole =
    pictures.size === head.pictures && undo.length === head.undo && redo.length === head.redo
  return whole ? { classes: head.classes, splits: head.splits, pictures, undo, redo } : null
}

type StoredEdit =
  | StoredAddition
  | StoredFacts
  | FirstEdit
  | Exclude<JournalEdit, { readonly type: 'addPictures' | 'found' }>
type StoredAddition = Omit<Extract<JournalEdit, { type: 'addPictures' }>, 'pictures'> & {
  readonly pictures: StoredColumns
}
interface StoredFacts {
  readonly type: 'found'
  readonly facts: StoredColumns
}

interface Head {
  readonly format: number
  readonly classes: readonly PictureClass[]
  readonly splits: SplitPolicy | null
  readonly pictures: number
  readonly undo: number
  readonly redo: number
}
interface StateLine {
  readonly pictures?: StoredColumns
  readonly undo?: readonly StoredPatch[]
  readonly redo?: readonly StoredPatch[]
}
type StoredPatch = Omit<Patch, 'put'> & { readonly put: StoredColumns | null }

/** PictureColumns with plain arrays, and the hashes; all zero where nothing was read yet. */
type StoredColumns = {
  readonly [K in keyof PictureColumns]: PictureColumns[K] extends ArrayLike<number>
    ? readonly number[]
    : PictureColumns[K]
} & { readonly hashes: string }

function encodePictures(pictures: readonly StoredPicture[]): StoredColumns {
  const columns = packPictures(pictures)
  const { folder, class: classes, flags, width, height, bytes, modified } = columns
  return {
    ...columns,
    folder: Array.from(folder),
    class: Array.from(classes),
    flags: Array.from(flags),
    width: Array.from(width),
    height: Array.from(height),
    bytes: Array.from(bytes),
    modified: Array.from(modified),
    hashes: pictures.map(({ hash }) => hash ?? '').join('/'),
  }
}

function decodePictures(stored: StoredColumns): StoredPicture[] {
  const { hashes, ...columns } = stored
  const hashOf = hashes.split('/')
  const pictures = unpackPictures({
    ...columns,
    problems: columns.problems.map(({ at, problem }) => ({ at, problem: problemOf(problem) })),
    folder: Uint32Array.from(columns.folder),
    class: Int32Array.from(columns.class),
    flags: Uint8Array.from(columns.flags),
    width: Uint32Array.from(columns.width),
    height: Uint32Array.from(columns.height),
    bytes: Float64Array.from(columns.bytes),
    modified: Float64Array.from(columns.modified),
  })
  return pictures.map((picture, i) => Object.assign(picture, { hash: hashOf[i] || null }))
}

const encodePatch = (patch: Patch): StoredPatch => ({
  ...patch,
  put: patch.put.length ? encodePictures(patch.put) : null,
})
const decodePatch = (stored: StoredPatch): Patch => ({
  ...stored,
  put: stored.put ? decodePictures(stored.put) : [],
})

const asPicture = (facts: FileFacts): StoredPicture => ({
  ...facts,
  classId: null,
  split: null,
  excluded: false,
  reviewed: false,
})
