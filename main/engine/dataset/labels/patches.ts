// Applying a patch, which gives the patch that takes it back. Pure: a patch changes only the draft of
// pictures it is given.
import type { Picture, PictureSettings, SettingGroup } from '../../../../shared/dataset'
import { withSettings } from '../../../../shared/pictureSettings'
import type { Labels, Patch, Pictures, StoredPicture } from './edits'

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
