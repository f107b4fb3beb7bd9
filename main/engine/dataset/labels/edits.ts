// The types of labelling: what is stored of a picture, edits as the journal holds them, and the
// patches that take them back. What edits do is in rules.ts, patches.ts and labels.ts.
import type { Picture, PictureClass, SettingGroup, SplitPolicy } from '../../../../shared/dataset'
import type { Edit } from '../../../../shared/edit'

/** A picture with what only the engine needs of it. */
export interface StoredPicture extends Picture {
  /** SHA-256 of the file, lower-case hex; null until it was read. */
  readonly hash: string | null
}

/** Whole pictures to add, pictures to remove, and settings for those that stay. */
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
  /** The patch that takes back the latest edit is the last. */
  readonly undo: readonly Patch[]
  readonly redo: readonly Patch[]
}

/** What reading or looking for a picture's file tells. */
export type FileFacts = Pick<StoredPicture, 'id' | 'path' | 'name' | 'file' | 'problem' | 'hash'> &
  Pick<StoredPicture, 'width' | 'height' | 'bytes' | 'modified'>

interface AddPictures {
  readonly type: 'addPictures'
  readonly classes: readonly PictureClass[]
  readonly pictures: readonly StoredPicture[]
  /** Settings for pictures that are there already. */
  readonly groups: readonly SettingGroup[]
  /** Belongs to the edit before: undone with it. */
  readonly continues: boolean
}
/** 'drawSplits' with the splits that were drawn. */
interface Splits {
  readonly type: 'splits'
  readonly policy: SplitPolicy
  readonly groups: readonly SettingGroup[]
}
interface Found {
  readonly type: 'found'
  readonly facts: readonly FileFacts[]
}

/** An edit as it is written: with everything that was drawn for it, so that replaying it always gives
 *  the same state; and what the engine itself changes. */
export type JournalEdit = Exclude<Edit, { type: 'drawSplits' }> | AddPictures | Splits | Found

/** The result of an edit; the changed pictures are in the draft that it was given. */
export interface Change {
  readonly rest: Omit<Labels, 'pictures'>
  /** Ids of all pictures that differ and are still there. */
  readonly changed: readonly string[]
  /** The settings that were changed, for pictures that differ in nothing else. */
  readonly set: readonly SettingGroup[]
  /** Ids of pictures that must be sent whole: new ones, and those that differ in other ways. */
  readonly put: readonly string[]
  readonly removed: readonly string[]
}
export interface Applied extends Pick<Change, 'changed' | 'removed'> {
  readonly state: Labels
}

/** The pictures to change: a copy of the state's map, the map itself in a replay, or a
 *  `DraftPictures` over it. */
export interface Pictures {
  get(id: string): StoredPicture | undefined
  set(id: string, picture: StoredPicture): unknown
  delete(id: string): boolean
}
export type Draft = () => Pictures
export type UndoableEdit = Exclude<JournalEdit, { type: 'undo' | 'redo' | 'found' }>
