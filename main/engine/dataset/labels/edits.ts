// The words of labelling: what is stored of a picture, the edits that a person makes, and the patches
// that take them back. Types alone; what edits do is in labels.ts and patches.ts.
import type { Picture, PictureClass, SettingGroup, SplitPolicy } from '../../../../shared/dataset'

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
  | {
      readonly type: 'colourClasses'
      readonly ids: readonly string[]
      readonly colour: number | null
    }
  | { readonly type: 'orderClasses'; readonly ids: readonly string[] }
  | {
      readonly type: 'removeClasses'
      readonly ids: readonly string[]
      readonly mergeInto: string | null
    }
  | {
      readonly type: 'splits'
      readonly policy: SplitPolicy
      readonly groups: readonly SettingGroup[]
    }
  | { readonly type: 'found'; readonly facts: readonly Facts[] }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }

/** What an edit came to; the pictures themselves are in the draft that it was given. */
export interface Change {
  readonly rest: Omit<Labels, 'pictures'>
  /** All that differ and are still there. */
  readonly changed: readonly string[]
  /** Of these, the ones that settings changed: what makes the new ones of the old. */
  readonly set: readonly SettingGroup[]
  /** And the ones that are new or differ in other ways, which nothing shorter tells. */
  readonly put: readonly string[]
  readonly removed: readonly string[]
}
export interface Applied extends Pick<Change, 'changed' | 'removed'> {
  readonly state: Labels
}

/** The pictures to change: a copy, in a replay the very ones, in the store what differs from them. */
export interface Pictures {
  get(id: string): StoredPicture | undefined
  set(id: string, picture: StoredPicture): unknown
  delete(id: string): boolean
}
export type Draft = () => Pictures
export type UndoableEdit = Exclude<Edit, { type: 'undo' | 'redo' | 'found' }>
