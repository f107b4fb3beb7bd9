// Labels as the first version of Restage wrote them, converted to those of today. Its snapshot,
// labels.snapshot.json, is never changed, and its lines stay until the next snapshot is written. What it
// knew of the files' content is left out; every picture is read anew.
import type { PictureSettings, SettingGroup, Split } from '../../../../shared/dataset'
import type { JournalEdit, Labels, Patch, StoredPicture } from './edits'

interface FirstPicture {
  readonly id: string
  readonly path: string
  readonly name: string
  readonly classId: string | null
  readonly split: Split | null
  readonly excluded: boolean
}
interface FirstClass {
  readonly id: string
  readonly name: string
}
type FirstSettings = Pick<PictureSettings, 'classId' | 'split' | 'excluded'>
interface FirstPatch {
  readonly classes: readonly FirstClass[] | null
  readonly put: readonly FirstPicture[]
  readonly remove: readonly string[]
  readonly set: readonly (FirstSettings & { readonly id: string })[]
}
export interface FirstState {
  readonly classes: readonly FirstClass[]
  readonly pictures: readonly FirstPicture[]
  readonly undo: readonly FirstPatch[]
  readonly redo: readonly FirstPatch[]
}
/** Edits that are written differently today. */
export type FirstEdit =
  | {
      readonly type: 'addPictures'
      readonly classes: readonly FirstClass[]
      readonly pictures: readonly FirstPicture[]
    }
  | { readonly type: 'removeClass'; readonly id: string; readonly mergeInto: string | null }
  | { readonly type: 'label'; readonly pictures: string[]; readonly classId: string | null }
  | { readonly type: 'setSplit'; readonly pictures: string[]; readonly split: Split | null }
  | { readonly type: 'exclude'; readonly pictures: string[]; readonly excluded: boolean }
  | { readonly type: 'inspected' }
  | { readonly type: 'colourClass'; readonly id: string; readonly colour: number | null }

export function editOf(edit: FirstEdit): JournalEdit {
  switch (edit.type) {
    case 'addPictures':
      return {
        type: 'addPictures',
        classes: edit.classes.map(classOf),
        pictures: edit.pictures.map(pictureOf),
        groups: [],
        continues: false,
      }
    case 'removeClass':
      return { type: 'removeClasses', ids: [edit.id], mergeInto: edit.mergeInto }
    case 'label':
      return settingOf(edit.pictures, { classId: edit.classId })
    case 'setSplit':
      return settingOf(edit.pictures, { split: edit.split })
    case 'exclude':
      return settingOf(edit.pictures, { excluded: edit.excluded })
    case 'inspected':
      return { type: 'found', facts: [] }
    case 'colourClass':
      return { type: 'colourClasses', ids: [edit.id], colour: edit.colour }
  }
}

export const stateOf = ({ classes, pictures, undo, redo }: FirstState): Labels => ({
  classes: classes.map(classOf),
  splits: null,
  pictures: new Map(pictures.map((picture) => [picture.id, pictureOf(picture)])),
  undo: undo.map(patchOf),
  redo: redo.map(patchOf),
})

const settingOf = (pictures: string[], to: PictureSettings): JournalEdit => ({
  type: 'set',
  groups: [{ pictures, to }],
})

const classOf = ({ id, name }: FirstClass) => ({ id, name, colour: null })

const patchOf = ({ classes, put, remove, set }: FirstPatch): Patch => ({
  classes: classes && classes.map(classOf),
  splits: null,
  put: put.map(pictureOf),
  remove,
  set: grouped(set),
})

/** Pictures with the same settings together. */
function grouped(set: FirstPatch['set']): SettingGroup[] {
  const groups = new Map<string, SettingGroup>()
  for (const { id, ...to } of set) {
    const key = JSON.stringify(to)
    const group = groups.get(key)
    if (group) group.pictures.push(id)
    else groups.set(key, { pictures: [id], to })
  }
  return [...groups.values()]
}

const pictureOf = ({ id, path, name, classId, split, excluded }: FirstPicture): StoredPicture => ({
  id,
  path,
  name,
  classId,
  split,
  excluded,
  reviewed: false,
  file: 'present',
  problem: null,
  width: null,
  height: null,
  bytes: null,
  modified: null,
  hash: null,
})
