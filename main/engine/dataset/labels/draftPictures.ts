// The pictures as they would be after an edit: holds only those that differ from the map of pictures.
// `keep` writes them into that map once the edit is on the disk; until then, and when it cannot be
// written, the map is unchanged.
import type { Pictures, StoredPicture } from './edits'

export class DraftPictures implements Pictures {
  private readonly removed = new Set<string>()
  private readonly changed = new Map<string, StoredPicture>()

  constructor(private readonly pictures: Map<string, StoredPicture>) {}

  get(id: string): StoredPicture | undefined {
    const changed = this.changed.size ? this.changed.get(id) : undefined
    return changed ?? (this.removed.has(id) ? undefined : this.pictures.get(id))
  }

  set(id: string, picture: StoredPicture) {
    this.changed.set(id, picture)
  }

  delete(id: string): boolean {
    const there = this.get(id) !== undefined
    this.changed.delete(id)
    this.removed.add(id)
    return there
  }

  /** Makes the changes in the map; `onChange` is called for each picture. */
  keep(onChange: (before: StoredPicture | undefined, after: StoredPicture | undefined) => void) {
    for (const id of this.removed) {
      const before = this.pictures.get(id)
      if (before) onChange(before, undefined)
      this.pictures.delete(id)
    }
    for (const [id, picture] of this.changed) {
      onChange(this.pictures.get(id), picture)
      this.pictures.set(id, picture)
    }
  }
}
