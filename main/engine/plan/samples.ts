// The photos of a run, split into training, validation and test, with classes by number.
import { assignSplits } from '../dataset/splits'
import type { LabelledPicture } from '../dataset/labelledFolder'
import type { Sample } from '../pictures/sample'
import { naturally } from '../../../shared/naturalOrder'

export interface Samples {
  readonly classes: readonly string[]
  readonly train: readonly Sample[]
  readonly val: readonly Sample[]
  readonly test: readonly Sample[]
}

/** Classes are numbered in alphabetical order, as folder-per-class loaders do. */
export function samplesOf(
  pictures: readonly LabelledPicture[],
  { seed, valFraction }: { seed: number; valFraction: number },
): Samples {
  const classes = [...new Set(pictures.map((picture) => picture.className))].sort(naturally)
  const number = new Map(classes.map((name, i) => [name, i]))
  const byId = new Map(
    pictures.map(({ id, path, className, hash }) => [
      id,
      { id, path, label: number.get(className)!, hash: hash ?? null },
    ]),
  )
  const { train, val } = assignSplits(
    pictures.map((picture) => ({
      ...picture,
      classId: picture.className,
      path: pathInSet(picture.path),
    })),
    { seed, valFraction },
  )
  const pick = (ids: readonly string[]) => ids.map((id) => byId.get(id)!)
  return {
    classes,
    train: pick(train),
    val: pick(val),
    test: pick(pictures.filter(({ split }) => split === 'test').map(({ id }) => id)),
  }
}

/** The last folder and the file name, so that the same photos are drawn for validation wherever the data
 *  set is stored. */
const pathInSet = (path: string) => path.split(/[\\/]/).slice(-2).join('/')
