// From an edit to a patch, and from applying a patch to the patch that takes it back. Pure: a patch
// changes only the draft of pictures it is given.
import type {
  Picture,
  PictureClass,
  PictureSettings,
  SettingGroup,
} from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { withSettings } from '../../../../shared/pictureSettings'
import type { Labels, Patch, Pictures, StoredPicture, UndoableEdit } from './edits'

/** Two names that read alike are one class on any disk. */
export const sameClassName = (name: string) => name.normalize('NFC').trim().toLowerCase()

const emptyPatch: Patch = { classes: null, splits: null, put: [], remove: [], set: [] }
export function patchFor(state: Labels, edit: UndoableEdit): Patch {
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
      return { ...emptyPatch, classes: withChanged(classes, [edit.id], { name: edit.name }) }
    case 'colourClasses':
      return { ...emptyPatch, classes: withChanged(classes, edit.ids, { colour: edit.colour }) }
    case 'orderClasses':
      return { ...emptyPatch, classes: inOrder(classes, edit.ids) }
    case 'removeClasses': {
      const { mergeInto } = edit
      for (const id of edit.ids) requireClass(classes, id)
      if (mergeInto !== null) requireClass(classes, mergeInto)
      const gone = new Set(edit.ids)
      if (mergeInto !== null && gone.delete(mergeInto) && gone.size === 0)
        throw new Failure('bad-input', { reason: 'A class cannot be merged into itself.' })
      const inThem = [...pictures.values()].filter(
        ({ classId }) => classId !== null && gone.has(classId),
      )
      return {
        ...emptyPatch,
        classes: classes.filter(({ id }) => !gone.has(id)),
        set: [{ pictures: inThem.map(({ id }) => id), to: { classId: mergeInto } }],
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
    const differing = new Set<string>()
    for (const id of ids) {
      const picture = pictures.get(id)
      // The id that the picture has: looking up this very string again is far quicker than its copy.
      if (picture && differs(picture, to)) differing.add(picture.id)
    }
    return differing.size ? [{ pictures: [...differing], to }] : []
  })
}

const differs = (picture: Picture, { classId, split, excluded, reviewed }: PictureSettings) =>
  (classId !== undefined && classId !== picture.classId) ||
  (split !== undefined && split !== picture.split) ||
  (excluded !== undefined && excluded !== picture.excluded) ||
  (reviewed !== undefined && reviewed !== picture.reviewed)

export function patched(state: Labels, patch: Patch, pictures: Pictures) {
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
  const rest: Omit<Labels, 'pictures'> = {
    classes: patch.classes ?? state.classes,
    splits: patch.splits ? patch.splits[0] : state.splits,
    undo: state.undo,
    redo: state.redo,
  }
  return {
    rest,
    inverse,
    changed: [...changed],
    set: patch.set,
    put: inverse.remove,
    removed: put.map((picture) => picture.id),
  }
}

/** Changes the pictures of a group, and answers with the groups that change them back. */
function setGroup(pictures: Pictures, { pictures: ids, to }: SettingGroup, changed: Set<string>) {
  const back = new Map<string, SettingGroup>()
  let latest: StoredPicture | null = null
  let group: SettingGroup | undefined
  for (const id of ids) {
    const picture = pictures.get(id)
    if (!picture) continue
    if (!group || !latest || !sameSettings(picture, latest)) {
      const key = `${picture.classId} ${picture.split} ${picture.excluded} ${picture.reviewed}`
      group = back.get(key) ?? { pictures: [], to: settingsBefore(picture, to) }
      back.set(key, group)
    }
    latest = picture
    group.pictures.push(id)
    pictures.set(id, withSettings(picture, to))
    changed.add(id)
  }
  return back.values()
}

const sameSettings = (one: Picture, other: Picture) =>
  one.classId === other.classId &&
  one.split === other.split &&
  one.excluded === other.excluded &&
  one.reviewed === other.reviewed

/** Of the picture as it is, the same settings that `to` sets. */
function settingsBefore(picture: Picture, to: PictureSettings): PictureSettings {
  const before: PictureSettings = {}
  if (to.classId !== undefined) before.classId = picture.classId
  if (to.split !== undefined) before.split = picture.split
  if (to.excluded !== undefined) before.excluded = picture.excluded
  if (to.reviewed !== undefined) before.reviewed = picture.reviewed
  return before
}

/** How many pictures it names. */
export const sizeOf = ({ put, remove, set }: Patch) =>
  put.length + remove.length + set.reduce((sum, group) => sum + group.pictures.length, 0)

function withClass(classes: readonly PictureClass[], added: PictureClass): readonly PictureClass[] {
  refuseTaken(classes, added.name)
  return [...classes, { id: added.id, name: added.name, colour: added.colour }]
}

function withChanged(
  classes: readonly PictureClass[],
  ids: readonly string[],
  change: Partial<PictureClass>,
): readonly PictureClass[] {
  for (const id of ids) requireClass(classes, id)
  return classes.map((item) => (ids.includes(item.id) ? { ...item, ...change } : item))
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
