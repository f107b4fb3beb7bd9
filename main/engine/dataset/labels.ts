// The state of labelling as a pure machine: apply(state, edit) gives the next state and which
// pictures changed. Every undoable edit becomes a patch, and applying a patch computes the patch
// that takes it back. Replaying the same edits must always give the same state, so nothing here
// draws an id, reads a clock or touches a file.
import type { Picture, PictureClass, Split } from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'

type Labelled = Partial<Pick<Picture, 'classId' | 'split' | 'excluded'>>

/** Whole pictures to add, pictures to take out, and labels to set on those that stay. */
export interface Patch {
  readonly classes: readonly PictureClass[] | null
  readonly put: readonly Picture[]
  readonly remove: readonly string[]
  readonly set: readonly (Labelled & { readonly id: string })[]
}

export interface Labels {
  readonly classes: readonly PictureClass[]
  readonly pictures: ReadonlyMap<string, Picture>
  /** What takes back the latest edit comes last. */
  readonly undo: readonly Patch[]
  readonly redo: readonly Patch[]
}

export interface Inspected {
  readonly id: string
  readonly width: number | null
  readonly height: number | null
  readonly problem: string | null
}

export type Edit =
  | {
      readonly type: 'addPictures'
      readonly classes: readonly PictureClass[]
      readonly pictures: readonly Picture[]
    }
  | { readonly type: 'addClass'; readonly id: string; readonly name: string }
  | { readonly type: 'renameClass'; readonly id: string; readonly name: string }
  | { readonly type: 'removeClass'; readonly id: string; readonly mergeInto: string | null }
  | {
      readonly type: 'label'
      readonly pictures: readonly string[]
      readonly classId: string | null
    }
  | {
      readonly type: 'setSplit'
      readonly pictures: readonly string[]
      readonly split: Split | null
    }
  | { readonly type: 'exclude'; readonly pictures: readonly string[]; readonly excluded: boolean }
  | { readonly type: 'inspected'; readonly results: readonly Inspected[] }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }

export interface Applied {
  readonly state: Labels
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

export const noLabels: Labels = { classes: [], pictures: new Map(), undo: [], redo: [] }

/** Older steps are forgotten, so that the state stays small. */
export const undoLimit = 200

/** The next state; the given one is left as it was. Pictures that are not there are passed over.
 *  Throws 'class-exists' for a name that is taken, 'bad-input' for a class that is not there. */
export function apply(state: Labels, edit: Edit): Applied {
  switch (edit.type) {
    case 'undo':
      return step(state, 'undo', 'redo')
    case 'redo':
      return step(state, 'redo', 'undo')
    case 'inspected':
      return inspect(state, edit.results)
    case 'addPictures':
    case 'addClass':
    case 'renameClass':
    case 'removeClass':
    case 'label':
    case 'setSplit':
    case 'exclude': {
      const patch = patchFor(state, edit)
      if (!patch.classes && !patch.put.length && !patch.set.length) return unchanged(state)
      const { next, inverse, changed, removed } = patched(state, patch)
      return {
        state: { ...next, undo: [...state.undo, inverse].slice(-undoLimit), redo: [] },
        changed,
        removed,
      }
    }
  }
}

/** Two names that read alike are one class on any disk. */
export const sameClassName = (name: string) => name.normalize('NFC').trim().toLowerCase()

type UndoableEdit = Exclude<Edit, { type: 'undo' | 'redo' | 'inspected' }>
const emptyPatch: Patch = { classes: null, put: [], remove: [], set: [] }
const unchanged = (state: Labels): Applied => ({ state, changed: [], removed: [] })

function patchFor(state: Labels, edit: UndoableEdit): Patch {
  const { classes, pictures } = state
  switch (edit.type) {
    case 'addPictures': {
      const added = edit.classes.reduce(withClass, classes)
      const known = new Set(added.map((item) => item.id))
      const put = edit.pictures.filter(({ id }) => !pictures.has(id))
      for (const { classId } of put)
        if (classId !== null && !known.has(classId)) throw noSuchClass()
      return { ...emptyPatch, classes: edit.classes.length ? added : null, put }
    }
    case 'addClass':
      return { ...emptyPatch, classes: withClass(classes, edit) }
    case 'renameClass': {
      requireClass(classes, edit.id)
      const others = classes.filter((item) => item.id !== edit.id)
      refuseTaken(others, edit.name)
      const renamed = classes.map((item) =>
        item.id === edit.id ? { id: item.id, name: edit.name } : item,
      )
      return { ...emptyPatch, classes: renamed }
    }
    case 'removeClass': {
      requireClass(classes, edit.id)
      if (edit.mergeInto !== null) requireClass(classes, edit.mergeInto)
      if (edit.mergeInto === edit.id)
        throw new Failure('bad-input', { reason: 'A class cannot be merged into itself.' })
      const set = []
      for (const { id, classId } of pictures.values())
        if (classId === edit.id) set.push({ id, classId: edit.mergeInto })
      return { ...emptyPatch, classes: classes.filter((item) => item.id !== edit.id), set }
    }
    case 'label': {
      const { classId } = edit
      if (classId !== null) requireClass(classes, classId)
      return { ...emptyPatch, set: settings(pictures, edit.pictures, { classId }) }
    }
    case 'setSplit':
      return { ...emptyPatch, set: settings(pictures, edit.pictures, { split: edit.split }) }
    case 'exclude':
      return { ...emptyPatch, set: settings(pictures, edit.pictures, { excluded: edit.excluded }) }
  }
}

/** Only those that would differ, so that undo counts what was really changed. */
function settings(pictures: Labels['pictures'], ids: readonly string[], labels: Labelled) {
  const set = []
  for (const id of new Set(ids)) {
    const picture = pictures.get(id)
    if (picture && differs(picture, labels)) set.push({ id, ...labels })
  }
  return set
}

const differs = (picture: Picture, labels: Labelled) =>
  (labels.classId !== undefined && labels.classId !== picture.classId) ||
  (labels.split !== undefined && labels.split !== picture.split) ||
  (labels.excluded !== undefined && labels.excluded !== picture.excluded)

function patched(state: Labels, patch: Patch) {
  const pictures = new Map(state.pictures)
  const put: Picture[] = []
  for (const id of patch.remove) {
    const picture = pictures.get(id)
    if (picture && pictures.delete(id)) put.push(picture)
  }
  const set: Patch['set'][number][] = []
  const changed: string[] = []
  for (const labels of patch.set) {
    const picture = pictures.get(labels.id)
    if (!picture) continue
    set.push(labelsBefore(picture, labels))
    pictures.set(labels.id, relabelled(picture, labels))
    changed.push(labels.id)
  }
  for (const picture of patch.put) {
    pictures.set(picture.id, picture)
    changed.push(picture.id)
  }
  const inverse: Patch = {
    classes: patch.classes && state.classes,
    put,
    remove: patch.put.map((picture) => picture.id),
    set,
  }
  const next: Labels = { ...state, classes: patch.classes ?? state.classes, pictures }
  return { next, inverse, changed, removed: put.map((picture) => picture.id) }
}

/** Of the picture as it is, the same labels that `labels` sets. */
function labelsBefore(picture: Picture, labels: Labelled): Patch['set'][number] {
  const before: Labelled & { id: string } = { id: picture.id }
  if (labels.classId !== undefined) before.classId = picture.classId
  if (labels.split !== undefined) before.split = picture.split
  if (labels.excluded !== undefined) before.excluded = picture.excluded
  return before
}

// Written out because this runs for every picture of a large selection, where spreading is slow.
const relabelled = (picture: Picture, labels: Labelled): Picture => ({
  id: picture.id,
  path: picture.path,
  name: picture.name,
  classId: labels.classId === undefined ? picture.classId : labels.classId,
  split: labels.split === undefined ? picture.split : labels.split,
  excluded: labels.excluded === undefined ? picture.excluded : labels.excluded,
  problem: picture.problem,
  width: picture.width,
  height: picture.height,
})

function step(state: Labels, from: 'undo' | 'redo', to: 'undo' | 'redo'): Applied {
  const patch = state[from][state[from].length - 1]
  if (!patch) return unchanged(state)
  const { next, inverse, changed, removed } = patched(state, patch)
  return {
    state: { ...next, [from]: state[from].slice(0, -1), [to]: [...state[to], inverse] },
    changed,
    removed,
  }
}

/** What a file turned out to be is a fact, not a decision: it is not undone. */
function inspect(state: Labels, results: readonly Inspected[]): Applied {
  const pictures = new Map(state.pictures)
  const changed: string[] = []
  for (const { id, width, height, problem } of results) {
    const picture = pictures.get(id)
    if (!picture) continue
    pictures.set(id, { ...picture, width, height, problem })
    changed.push(id)
  }
  return changed.length ? { state: { ...state, pictures }, changed, removed: [] } : unchanged(state)
}

function withClass(
  classes: readonly PictureClass[],
  { id, name }: PictureClass,
): readonly PictureClass[] {
  refuseTaken(classes, name)
  return [...classes, { id, name }]
}

function refuseTaken(classes: readonly PictureClass[], name: string) {
  const taken = classes.find((item) => sameClassName(item.name) === sameClassName(name))
  if (taken) throw new Failure('class-exists', { name: taken.name })
}

function requireClass(classes: readonly PictureClass[], id: string) {
  if (!classes.some((item) => item.id === id)) throw noSuchClass()
}

const noSuchClass = () => new Failure('bad-input', { reason: 'That class is no longer there.' })
