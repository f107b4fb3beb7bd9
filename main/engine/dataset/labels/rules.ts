// What each kind of edit means: its rule refuses what the labels do not allow and answers with the patch
// that makes the edit. Pure: a rule draws nothing at random and changes nothing.
import type {
  Picture,
  PictureClass,
  PictureSettings,
  SettingGroup,
} from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import type { Labels, Patch, UndoableEdit } from './edits'

type Rules = {
  readonly [T in UndoableEdit['type']]: (
    state: Labels,
    edit: Extract<UndoableEdit, { readonly type: T }>,
  ) => Partial<Patch>
}

const rules: Rules = {
  addPictures(state, edit) {
    const classes = edit.classes.reduce(withClass, state.classes)
    const ids = new Set(classes.map(({ id }) => id))
    const put = edit.pictures.filter(({ id }) => !state.pictures.has(id))
    for (const { classId } of put) if (classId !== null && !ids.has(classId)) throw noSuchClass()
    const set = thatDiffer({ ...state, classes }, edit.groups)
    return { classes: edit.classes.length ? classes : null, put, set }
  },
  forget: ({ pictures }, edit) => ({ remove: edit.pictures.filter((id) => pictures.has(id)) }),
  set: (state, { groups }) => ({ set: thatDiffer(state, groups) }),
  addClass: ({ classes }, { id, name }) => ({
    classes: withClass(classes, { id, name, colour: null }),
  }),
  renameClass({ classes }, { id, name }) {
    refuseTaken(
      classes.filter((item) => item.id !== id),
      name,
    )
    return { classes: withChanged(classes, [id], { name }) }
  },
  colourClasses: ({ classes }, { ids, colour }) => ({
    classes: withChanged(classes, ids, { colour }),
  }),
  orderClasses: ({ classes }, { ids }) => ({ classes: inOrder(classes, ids) }),
  lockClass: ({ classes }, { ids, locked }) => ({ classes: withChanged(classes, ids, { locked }) }),
  removeClasses({ classes, pictures }, { ids, mergeInto }) {
    for (const id of ids) requireClass(classes, id)
    if (mergeInto !== null) requireClass(classes, mergeInto)
    const removed = new Set(ids)
    if (mergeInto !== null && removed.delete(mergeInto) && removed.size === 0)
      throw new Failure('bad-input', { reason: reason('class-into-itself') })
    const inThem = [...pictures.values()].filter(
      ({ classId }) => classId !== null && removed.has(classId),
    )
    return {
      classes: classes.filter(({ id }) => !removed.has(id)),
      set: [{ pictures: inThem.map(({ id }) => id), to: { classId: mergeInto } }],
    }
  },
  splits: (state, { policy, groups }) => ({ splits: [policy], set: thatDiffer(state, groups) }),
}

const emptyPatch: Patch = { classes: null, splits: null, put: [], remove: [], set: [] }

/** The patch that makes the edit.
 *  @throws {Failure} class-exists for a name that is taken, class-locked for a change of a locked class,
 *  bad-input for a class that is not there */
export function patchFor(state: Labels, edit: UndoableEdit): Patch {
  const rule = rules[edit.type] as (state: Labels, edit: UndoableEdit) => Partial<Patch>
  const patch = { ...emptyPatch, ...rule(state, edit) }
  refuseLocked(state, patch)
  return patch
}

/** @throws {Failure} class-locked where a locked class would be renamed or removed, or a picture moved
 *  into or out of it */
function refuseLocked({ classes, pictures }: Labels, patch: Patch) {
  const locked = new Map(classes.flatMap((each) => (each.locked ? [[each.id, each.name]] : [])))
  if (locked.size === 0) return
  const refuse = (classId: string | null | undefined) => {
    const name = locked.get(classId ?? '')
    if (name !== undefined) throw new Failure('class-locked', { name })
  }
  const names = new Map((patch.classes ?? classes).map(({ id, name }) => [id, name]))
  for (const [id, name] of locked) if (names.get(id) !== name) refuse(id)
  for (const { classId } of patch.put) refuse(classId)
  for (const id of patch.remove) refuse(pictures.get(id)?.classId)
  for (const { pictures: ids, to } of patch.set) {
    if (to.classId === undefined) continue
    for (const id of ids) {
      const from = pictures.get(id)?.classId
      if (from === to.classId) continue
      refuse(from)
      refuse(to.classId)
    }
  }
}

export const hasRule = (type: string): type is UndoableEdit['type'] =>
  Object.prototype.hasOwnProperty.call(rules, type)

/** Two names that read alike are one class on any disk. */
export const sameClassName = (name: string) => name.normalize('NFC').trim().toLowerCase()

/** The groups without pictures that have these settings already, so that undo keeps only what changed.
 *  @throws {Failure} bad-input for a class that is not there */
function thatDiffer(
  { classes, pictures }: Labels,
  groups: readonly SettingGroup[],
): SettingGroup[] {
  return groups.flatMap(({ pictures: ids, to }) => {
    if (to.classId) requireClass(classes, to.classId)
    const differing = new Set<string>()
    for (const id of ids) {
      const picture = pictures.get(id)
      // The picture's own id string has its hash computed already, which makes later look-ups quicker.
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

function withClass(classes: readonly PictureClass[], added: PictureClass): readonly PictureClass[] {
  refuseTaken(classes, added.name)
  if (classes.some(({ id }) => id === added.id))
    throw new Failure('bad-input', { reason: reason('class-id-taken') })
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

/** Classes that are not named keep their order, after the others. */
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

const noSuchClass = () => new Failure('bad-input', { reason: reason('class-gone') })
