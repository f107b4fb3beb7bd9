// The window's pictures as one table that is changed in place: 60,000 rows are never copied for an
// edit. A row's place stays the same until pictures are removed; counts follow each change. Nothing
// in here is reactive: the data set's store says when the table has changed. Pure.
import type { Picture, Split } from '../../shared/dataset'

export interface Counts {
  readonly total: number
  /** Labelled, readable and not left out. */
  readonly usable: number
  readonly problems: number
  readonly excluded: number
  readonly bySplit: Readonly<Record<Split | 'auto', number>>
}
type Tally = { -readonly [K in keyof Counts]: Counts[K] extends number ? number : Counts[K] } & {
  bySplit: Record<Split | 'auto', number>
}

export const isUsable = (picture: Picture) =>
  picture.classId !== null && !picture.excluded && picture.problem === null

export class PictureTable {
  readonly rows: Picture[] = []
  private readonly places = new Map<string, number>()
  private readonly tallies = new Map<string | null, Tally>()
  private readonly everything = emptyTally()

  get all(): Counts {
    return this.everything
  }

  /** null stands for the unlabelled. */
  countsOf(classId: string | null): Counts {
    return this.tallies.get(classId) ?? noCounts
  }

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
    this.tallies.clear()
    Object.assign(this.everything, emptyTally())
  }

  /** Replaces pictures that are here and appends the others; answers how many were new. */
  put(pictures: readonly Picture[]): number {
    const before = this.rows.length
    for (const picture of pictures) {
      const place = this.places.get(picture.id)
      if (place === undefined) {
        this.places.set(picture.id, this.rows.length)
        this.rows.push(picture)
      } else {
        this.count(this.rows[place]!, -1)
        this.rows[place] = picture
      }
      this.count(picture, 1)
    }
    return this.rows.length - before
  }

  /** Gives each picture that is here the same few new values. */
  patch(ids: readonly string[], values: Partial<Picture>) {
    for (const id of ids) {
      const picture = this.get(id)
      if (picture) this.put([{ ...picture, ...values }])
    }
  }

  /** Later rows move up. */
  remove(ids: readonly string[]) {
    if (!ids.length) return
    const gone = new Set(ids)
    const kept = this.rows.filter(({ id }) => !gone.has(id))
    this.clear()
    this.put(kept)
  }

  private count(picture: Picture, by: 1 | -1) {
    let tally = this.tallies.get(picture.classId)
    if (!tally) this.tallies.set(picture.classId, (tally = emptyTally()))
    for (const into of [tally, this.everything]) {
      into.total += by
      if (picture.problem !== null) into.problems += by
      if (picture.excluded) into.excluded += by
      if (isUsable(picture)) {
        into.usable += by
        into.bySplit[picture.split ?? 'auto'] += by
      }
    }
  }
}

function emptyTally(): Tally {
  return {
    total: 0,
    usable: 0,
    problems: 0,
    excluded: 0,
    bySplit: { train: 0, val: 0, test: 0, auto: 0 },
  }
}
const noCounts: Counts = emptyTally()
