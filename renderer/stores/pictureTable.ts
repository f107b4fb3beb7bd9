// The window's pictures as one table that is changed in place: 60,000 rows are never copied for an
// edit. A row's place stays the same until pictures are removed. Nothing in here is reactive: the
// data set's store says when the table has changed. Pure.
import type { Picture, PictureSettings } from '../../shared/dataset'
import { withSettings } from '../../shared/pictureSettings'

export class PictureTable {
  readonly rows: Picture[] = []
  private readonly places = new Map<string, number>()

  /** The row of a picture, for columns beside this table; undefined when it is not here. */
  placeOf(id: string): number | undefined {
    return this.places.get(id)
  }

  get(id: string): Picture | undefined {
    const place = this.places.get(id)
    return place === undefined ? undefined : this.rows[place]
  }

  clear() {
    this.rows.length = 0
    this.places.clear()
  }

  /** Replaces pictures that are here and appends the others; answers how many were new. */
  put(pictures: readonly Picture[]): number {
    const before = this.rows.length
    for (const picture of pictures) {
      const place = this.places.get(picture.id)
      if (place !== undefined) this.rows[place] = picture
      else this.places.set(picture.id, this.rows.push(picture) - 1)
    }
    return this.rows.length - before
  }

  /** Pictures that are not here are passed over. */
  set(ids: readonly string[], to: PictureSettings) {
    for (const id of ids) {
      const place = this.places.get(id)
      if (place !== undefined) this.rows[place] = withSettings(this.rows[place]!, to)
    }
  }

  /** Later rows move up. */
  remove(ids: readonly string[]) {
    const gone = new Set(ids)
    const kept = this.rows.filter(({ id }) => !gone.has(id))
    this.clear()
    this.put(kept)
  }
}
