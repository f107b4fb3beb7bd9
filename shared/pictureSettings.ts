// What a person decides about pictures, as one small message for any number of them: ids are joined in
// one string, since copying ten thousand strings between processes is slow. Engine and window apply it
// with the same function, so a change need not carry the pictures themselves.
import type { PackedGroup, Picture, PictureSettings, SettingGroup } from './dataset'

export const packIds = (ids: readonly string[]) => ids.join('/')
export const unpackIds = (packed: string) => (packed === '' ? [] : packed.split('/'))

export const packGroups = (groups: readonly SettingGroup[]): PackedGroup[] =>
  groups.map(({ pictures, to }) => ({ ids: packIds(pictures), to: { ...to } }))

export const unpackGroups = (groups: readonly PackedGroup[]): SettingGroup[] =>
  groups.map(({ ids, to }) => ({ pictures: unpackIds(ids), to }))

/** The picture as the settings make it. Written out, because this runs for every picture of a large
 *  selection, where spreading takes twice as long: the engine's pictures have a hash besides. */
export const withSettings = <P extends Picture & { readonly hash?: string | null }>(
  picture: P,
  to: PictureSettings,
) =>
  ({
    id: picture.id,
    path: picture.path,
    name: picture.name,
    classId: to.classId === undefined ? picture.classId : to.classId,
    split: to.split === undefined ? picture.split : to.split,
    excluded: to.excluded === undefined ? picture.excluded : to.excluded,
    reviewed: to.reviewed === undefined ? picture.reviewed : to.reviewed,
    file: picture.file,
    problem: picture.problem,
    width: picture.width,
    height: picture.height,
    bytes: picture.bytes,
    modified: picture.modified,
    hash: picture.hash,
  }) as P
