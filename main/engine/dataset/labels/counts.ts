// How many pictures there are of each kind, by class: what the data room shows beside its classes.
// Updated picture by picture, because counting tens of thousands anew at every edit would be slow.
import type {
  DatasetCounts,
  Picture,
  PictureClass,
  PictureCounts,
} from '../../../../shared/dataset'

export class Counting {
  private readonly all = noPictures()
  /** By class id; null stands for unlabelled. */
  private readonly byClass = new Map<string | null, PictureCounts>()

  constructor(pictures: Iterable<Picture>) {
    for (const picture of pictures) this.change(undefined, picture)
  }

  /** The picture before and after a change; undefined where it is not there. */
  change(before: Picture | undefined, after: Picture | undefined) {
    if (before) this.add(before, -1)
    if (after) this.add(after, 1)
  }

  of(classes: readonly PictureClass[]): DatasetCounts {
    const copy = (id: string | null) => {
      const counts = this.byClass.get(id) ?? noPictures()
      return { ...counts, splits: { ...counts.splits } }
    }
    return {
      all: { ...this.all, splits: { ...this.all.splits } },
      unlabelled: copy(null),
      classes: classes.map(({ id }) => copy(id)),
    }
  }

  private add(picture: Picture, by: 1 | -1) {
    let counts = this.byClass.get(picture.classId)
    if (!counts) this.byClass.set(picture.classId, (counts = noPictures()))
    addTo(counts, picture, by)
    addTo(this.all, picture, by)
  }
}

/** Can be trained on. */
export const isUsable = (picture: Picture) =>
  picture.classId !== null &&
  !picture.excluded &&
  picture.problem === null &&
  picture.file !== 'missing'

const noPictures = (): PictureCounts => ({
  total: 0,
  usable: 0,
  excluded: 0,
  reviewed: 0,
  problems: 0,
  missing: 0,
  splits: { train: 0, val: 0, test: 0, none: 0 },
})

function addTo(counts: PictureCounts, picture: Picture, by: 1 | -1) {
  counts.total += by
  if (picture.excluded) counts.excluded += by
  if (picture.reviewed) counts.reviewed += by
  if (picture.problem !== null) counts.problems += by
  if (picture.file === 'missing') counts.missing += by
  if (!isUsable(picture)) return
  counts.usable += by
  counts.splits[picture.split ?? 'none'] += by
}
