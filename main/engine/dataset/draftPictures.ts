// Pictures as they would be after an edit, beside the pictures as they are: only what differs is
// held. Keeping it changes the pictures themselves, once the edit is on the disk; until then, and when
// it cannot be written, they are as they were.
import type { Pictures, StoredPicture } from './edits'

export class DraftPictures implements Pictures {
  private readonly removed = new Set<string>()
  private readonly changed = new Map<string, StoredPicture>()

  constructor(private readonly pictures: Map<string, StoredPicture>) {}

  get(id: string): StoredPicture | undefined {
    return this.changed.get(id) ?? (this.removed.has(id) ? undefined : this.pictures.get(id))
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

  /** Makes the changes in the pictures. */
  keep() {
    for (const id of this.removed) this.pictures.delete(id)
    for (const [id, picture] of this.changed) this.pictures.set(id, picture)
  }
}
