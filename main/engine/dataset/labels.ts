// The state of labelling as a pure machine: apply(state, edit) gives the next state and which
// pictures changed. Every undoable edit becomes a patch, and applying a patch computes the patch
// that takes it back. Replaying the same edits must always give the same state, so nothing here
// draws an id, reads a clock or touches a file. A state that was given out never changes.
import type {
  Picture,
  PictureClass,
  PictureSettings,
  SettingGroup,
  SplitPolicy,
} from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'

/** A picture with what only the engine needs of it. */
export interface StoredPicture extends Picture {
  /** SHA-256 of the file, lower-case hex; null until it was read. */
  readonly hash: string | null
}

/** Whole pictures to add, pictures to take out, and settings for those that stay. */
export interface Patch {
  readonly classes: readonly PictureClass[] | null
  /** In an array, because null is a policy too. */
  readonly splits: readonly [SplitPolicy | null] | null
  readonly put: readonly StoredPicture[]
  readonly remove: readonly string[]
  readonly set: readonly SettingGroup[]
}

export interface Labels {
  readonly classes: readonly PictureClass[]
  readonly splits: SplitPolicy | null
  readonly pictures: ReadonlyMap<string, StoredPicture>
  /** What takes back the latest edit comes last. */
  readonly undo: readonly Patch[]
  readonly redo: readonly Patch[]
}

/** What a file was found to be. */
export type Facts = Pick<StoredPicture, 'id' | 'path' | 'name' | 'file' | 'problem' | 'hash'> &
  Pick<StoredPicture, 'width' | 'height' | 'bytes' | 'modified'>

export type Edit =
  | {
      readonly type: 'addPictures'
      readonly classes: readonly PictureClass[]
      readonly pictures: readonly StoredPicture[]
      /** Settings for pictures that are there already. */
      readonly groups: readonly SettingGroup[]
      /** Belongs to the edit before: undone with it. */
      readonly continues: boolean
    }
  | { readonly type: 'forget'; readonly pictures: readonly string[] }
  | { readonly type: 'set'; readonly groups: readonly SettingGroup[] }
  | { readonly type: 'addClass'; readonly id: string; readonly name: string }
  | { readonly type: 'renameClass'; readonly id: string; readonly name: string }
  | { readonly type: 'colourClass'; readonly id: string; readonly colour: number | null }
  | { readonly type: 'orderClasses'; readonly ids: readonly string[] }
  | { readonly type: 'removeClass'; readonly id: string; readonly mergeInto: string | null }
  | {
      readonly type: 'splits'
      readonly policy: SplitPolicy
      readonly groups: readonly SettingGroup[]
    }
  | { readonly type: 'found'; readonly facts: readonly Facts[] }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }

export interface Applied {
  readonly state: Labels
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

export const noLabels: Labels = {
  classes: [],
  splits: null,
  pictures: new Map(),
  undo: [],
  redo: [],
}

/** Older steps are forgotten, so that the state stays small: the number of steps, and of pictures
 *  named in all of them together. */
export const undoLimit = 10_000
const undoPictures = 3_000_000

/** The next state; the given one is left as it was. Pictures that are not there are passed over.
 *  Throws 'class-exists' for a name that is taken, 'bad-input' for a class that is not there. */
export const apply = (state: Labels, edit: Edit): Applied =>
  applyOn(state, edit, () => new Map(state.pictures))

/** The state after all of them; copies the pictures once instead of for every edit. */
export function replay(state: Labels, edits: Iterable<Edit>): Labels {
  const pictures = new Map(state.pictures)
  let now: Labels = { ...state, pictures }
  for (const edit of edits) now = applyOn(now, edit, () => pictures).state
  return now
}

/** Two names that read alike are one class on any disk. */
export const sameClassName = (name: string) => name.normalize('NFC').trim().toLowerCase()

type Pictures = Map<string, StoredPicture>
/** The pictures to change: a copy, or in a replay the very ones. */
type Draft = () => Pictures
type UndoableEdit = Exclude<Edit, { type: 'undo' | 'redo' | 'found' }>
const emptyPatch: Patch = { classes: null, splits: null, put: [], remove: [], set: [] }
const unchanged = (state: Labels): Applied => ({ state, changed: [], removed: [] })

function applyOn(state: Labels, edit: Edit, draft: Draft): Applied {
  switch (edit.type) {
    case 'undo':
      return step(state, { from: 'undo', to: 'redo' }, draft)
    case 'redo':
      return step(state, { from: 'redo', to: 'undo' }, draft)
    case 'found':
      return found(state, edit.facts, draft)
    case 'addPictures':
    case 'forget':
    case 'set':
    case 'addClass':
    case 'renameClass':
    case 'colourClass':
    case 'orderClasses':
    case 'removeClass':
    case 'splits': {
      const patch = patchFor(state, edit)
      if (sizeOf(patch) === 0 && !patch.classes && !patch.splits) return unchanged(state)
      const { next, inverse, changed, removed } = patched(state, patch, draft)
      const last = state.undo[state.undo.length - 1]
      const joins = edit.type === 'addPictures' && edit.continues && last
      const undo = joins
        ? [...state.undo.slice(0, -1), joined(last, inverse)]
        : withinLimits([...state.undo, inverse])
      return { state: { ...next, undo, redo: [] }, changed, removed }
    }
  }
}

function patchFor(state: Labels, edit: UndoableEdit): Patch {
  const { classes, pictures } = state
  switch (edit.type) {
    case 'addPictures': {
      const added = edit.classes.reduce(withClass, classes)
      const known = new Set(added.map((item) => item.id))
      const put = edit.pictures.filter(({ id }) => !pictures.has(id))
      for (const { classId } of put)
        if (classId !== null && !known.has(classId)) throw noSuchClass()
      const set = settled({ ...state, classes: added }, edit.groups)
      return { ...emptyPatch, classes: edit.classes.length ? added : null, put, set }
    }
    case 'forget':
      return { ...emptyPatch, remove: edit.pictures.filter((id) => pictures.has(id)) }
    case 'set':
      return { ...emptyPatch, set: settled(state, edit.groups) }
    case 'addClass':
      return {
        ...emptyPatch,
        classes: withClass(classes, { id: edit.id, name: edit.name, colour: null }),
      }
    case 'renameClass':
      refuseTaken(
        classes.filter((item) => item.id !== edit.id),
        edit.name,
      )
      return { ...emptyPatch, classes: withChanged(classes, edit.id, { name: edit.name }) }
    case 'colourClass':
      return { ...emptyPatch, classes: withChanged(classes, edit.id, { colour: edit.colour }) }
    case 'orderClasses':
      return { ...emptyPatch, classes: inOrder(classes, edit.ids) }
    case 'removeClass': {
      requireClass(classes, edit.id)
      if (edit.mergeInto !== null) requireClass(classes, edit.mergeInto)
      if (edit.mergeInto === edit.id)
        throw new Failure('bad-input', { reason: 'A class cannot be merged into itself.' })
      const inIt = [...pictures.values()].filter(({ classId }) => classId === edit.id)
      return {
        ...emptyPatch,
        classes: classes.filter((item) => item.id !== edit.id),
        set: [{ pictures: inIt.map(({ id }) => id), to: { classId: edit.mergeInto } }],
      }
    }
    case 'splits':
      return { ...emptyPatch, splits: [edit.policy], set: settled(state, edit.groups) }
  }
}

/** Only pictures that would differ, so that undo counts what was really changed. */
function settled({ classes, pictures }: Labels, groups: readonly SettingGroup[]): SettingGroup[] {
  return groups.flatMap(({ pictures: ids, to }) => {
    if (to.classId) requireClass(classes, to.classId)
    const differing = [...new Set(ids)].filter((id) => {
      const picture = pictures.get(id)
      return picture !== undefined && differs(picture, to)
    })
    return differing.length ? [{ pictures: differing, to }] : []
  })
}

const differs = (picture: Picture, { classId, split, excluded, reviewed }: PictureSettings) =>
  (classId !== undefined && classId !== picture.classId) ||
  (split !== undefined && split !== picture.split) ||
  (excluded !== undefined && excluded !== picture.excluded) ||
  (reviewed !== undefined && reviewed !== picture.reviewed)

function patched(state: Labels, patch: Patch, draft: Draft) {
  const pictures = draft()
  const put: StoredPicture[] = []
  for (const id of patch.remove) {
    const picture = pictures.get(id)
    if (picture && pictures.delete(id)) put.push(picture)
  }
  const changed = new Set<string>()
  // The last group that names a picture wins, so going back begins with it.
  const set: SettingGroup[] = []
  for (const group of patch.set) set.unshift(...setGroup(pictures, group, changed))
  for (const picture of patch.put) {
    pictures.set(picture.id, picture)
    changed.add(picture.id)
  }
  const inverse: Patch = {
    classes: patch.classes && state.classes,
    splits: patch.splits && [state.splits],
    put,
    remove: patch.put.map((picture) => picture.id),
    set,
  }
  const next: Labels = {
    ...state,
    classes: patch.classes ?? state.classes,
    splits: patch.splits ? patch.splits[0] : state.splits,
    pictures,
  }
  return { next, inverse, changed: [...changed], removed: put.map((picture) => picture.id) }
}

/** Changes the pictures of a group, and answers with the groups that change them back. */
function setGroup(pictures: Pictures, { pictures: ids, to }: SettingGroup, changed: Set<string>) {
  const back = new Map<string, SettingGroup>()
  for (const id of ids) {
    const picture = pictures.get(id)
    if (!picture) continue
    const key = `${picture.classId} ${picture.split} ${picture.excluded} ${picture.reviewed}`
    const group = back.get(key)
    if (group) group.pictures.push(id)
    else back.set(key, { pictures: [id], to: settingsBefore(picture, to) })
    pictures.set(id, withSettings(picture, to))
    changed.add(id)
  }
  return back.values()
}

/** Of the picture as it is, the same settings that `to` sets. */
function settingsBefore(picture: Picture, to: PictureSettings): PictureSettings {
  const before: PictureSettings = {}
  if (to.classId !== undefined) before.classId = picture.classId
  if (to.split !== undefined) before.split = picture.split
  if (to.excluded !== undefined) before.excluded = picture.excluded
  if (to.reviewed !== undefined) before.reviewed = picture.reviewed
  return before
}

// Written out because this runs for every picture of a large selection, where spreading is slow.
// What was reviewed has been seen as it is now.
const withSettings = (picture: StoredPicture, to: PictureSettings): StoredPicture => ({
  id: picture.id,
  path: picture.path,
  name: picture.name,
  classId: to.classId === undefined ? picture.classId : to.classId,
  split: to.split === undefined ? picture.split : to.split,
  excluded: to.excluded === undefined ? picture.excluded : to.excluded,
  reviewed: to.reviewed === undefined ? picture.reviewed : to.reviewed,
  file: to.reviewed && picture.file === 'changed' ? 'present' : picture.file,
  problem: picture.problem,
  width: picture.width,
  height: picture.height,
  bytes: picture.bytes,
  modified: picture.modified,
  hash: picture.hash,
})

interface Way {
  readonly from: 'undo' | 'redo'
  readonly to: 'undo' | 'redo'
}
function step(state: Labels, { from, to }: Way, draft: Draft): Applied {
  const patch = state[from][state[from].length - 1]
  if (!patch) return unchanged(state)
  const { next, inverse, changed, removed } = patched(state, patch, draft)
  return {
    state: { ...next, [from]: state[from].slice(0, -1), [to]: [...state[to], inverse] },
    changed,
    removed,
  }
}

/** What a file turned out to be is a fact, not a decision: it is not undone. */
function found(state: Labels, facts: readonly Facts[], draft: Draft): Applied {
  const pictures = draft()
  const changed: string[] = []
  for (const fact of facts) {
    const picture = pictures.get(fact.id)
    if (!picture) continue
    pictures.set(fact.id, { ...picture, ...fact })
    changed.push(fact.id)
  }
  return changed.length ? { state: { ...state, pictures }, changed, removed: [] } : unchanged(state)
}

const sizeOf = ({ put, remove, set }: Patch) =>
  put.length + remove.length + set.reduce((sum, group) => sum + group.pictures.length, 0)

function withinLimits(patches: readonly Patch[]): readonly Patch[] {
  let size = 0
  let first = patches.length
  while (first > 0 && patches.length - first < undoLimit) {
    size += sizeOf(patches[first - 1]!)
    if (size > undoPictures && first < patches.length) break
    first--
  }
  return first === 0 ? patches : patches.slice(first)
}

/** What takes back `earlier` and a later edit together. Only bare additions are joined to others. */
const joined = (earlier: Patch, later: Patch): Patch => ({
  ...earlier,
  classes: earlier.classes ?? later.classes,
  remove: [...earlier.remove, ...later.remove],
})

function withClass(classes: readonly PictureClass[], added: PictureClass): readonly PictureClass[] {
  refuseTaken(classes, added.name)
  return [...classes, { id: added.id, name: added.name, colour: added.colour }]
}

function withChanged(
  classes: readonly PictureClass[],
  id: string,
  change: Partial<PictureClass>,
): readonly PictureClass[] {
  requireClass(classes, id)
  return classes.map((item) => (item.id === id ? { ...item, ...change } : item))
}

/** Those that are not named keep their order, after the others. */
function inOrder(classes: readonly PictureClass[], ids: readonly string[]) {
  for (const id of ids) requireClass(classes, id)
  const place = new Map(ids.map((id, i) => [id, i]))
  const placeOf = ({ id }: PictureClass) => place.get(id) ?? ids.length
  return [...classes].sort((a, b) => placeOf(a) - placeOf(b))
}

function refuseTaken(classes: readonly PictureClass[], name: string) {
  const taken = classes.find((item) => sameClassName(item.name) === sameClassName(name))
  if (taken) throw new Failure('class-exists', { name: taken.name })
}

function requireClass(classes: readonly PictureClass[], id: string) {
  if (!classes.some((item) => item.id === id)) throw noSuchClass()
}

const noSuchClass = () => new Failure('bad-input', { reason: 'That class is no longer there.' })
