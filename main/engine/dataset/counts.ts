// How many pictures there are of each kind, by class: what the data room shows beside its classes.
import type { DatasetCounts, Picture, PictureClass, PictureCounts } from '../../../shared/dataset'

/** One pass over all pictures. */
export function countPictures(
  classes: readonly PictureClass[],
  pictures: Iterable<Picture>,
): DatasetCounts {
  const byClass = new Map(classes.map(({ id }) => [id, noPictures()]))
  const unlabelled = noPictures()
  for (const picture of pictures)
    add((picture.classId !== null && byClass.get(picture.classId)) || unlabelled, picture)
  const counted = classes.map(({ id }) => byClass.get(id)!)
  return { all: [...counted, unlabelled].reduce(sum, noPictures()), unlabelled, classes: counted }
}

const noPictures = (): PictureCounts => ({
  total: 0,
  usable: 0,
  excluded: 0,
  reviewed: 0,
  problems: 0,
  missing: 0,
  splits: { train: 0, val: 0, test: 0, none: 0 },
})

function add(counts: PictureCounts, picture: Picture) {
  counts.total++
  if (picture.excluded) counts.excluded++
  if (picture.reviewed) counts.reviewed++
  if (picture.problem !== null) counts.problems++
  if (picture.file === 'missing') counts.missing++
  if (!isUsable(picture)) return
  counts.usable++
  counts.splits[picture.split ?? 'none']++
}

/** Can be trained on. */
export const isUsable = (picture: Picture) =>
  picture.classId !== null &&
  !picture.excluded &&
  picture.problem === null &&
  picture.file !== 'missing'

const sum = (a: PictureCounts, b: PictureCounts): PictureCounts => ({
  total: a.total + b.total,
  usable: a.usable + b.usable,
  excluded: a.excluded + b.excluded,
  reviewed: a.reviewed + b.reviewed,
  problems: a.problems + b.problems,
  missing: a.missing + b.missing,
  splits: {
    train: a.splits.train + b.splits.train,
    val: a.splits.val + b.splits.val,
    test: a.splits.test + b.splits.test,
    none: a.splits.none + b.splits.none,
  },
})
