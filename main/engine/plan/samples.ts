// The photos of a run, split into training, validation and test, with classes by number.
import type { SplitPolicy } from '../../../shared/dataset'
import { assignSplits, keptTogether } from '../dataset/splits'
import type { LabelledPicture } from '../dataset/labelledFolder'
import type { Sample } from '../pictures/sample'
import { naturally } from '../../../shared/naturalOrder'

export interface Samples {
  readonly classes: readonly string[]
  readonly train: readonly Sample[]
  readonly val: readonly Sample[]
  readonly test: readonly Sample[]
}

interface Draw {
  readonly seed: number
  readonly valFraction: number
  /** What stays together besides copies. */
  readonly by?: SplitPolicy['by']
}

/** Classes are numbered in alphabetical order, as folder-per-class loaders do. */
export function samplesOf(
  pictures: readonly LabelledPicture[],
  { seed, valFraction, by = 'picture' }: Draw,
): Samples {
  const classes = [...new Set(pictures.map((picture) => picture.className))].sort(naturally)
  const number = new Map(classes.map((name, i) => [name, i]))
  const items = pictures.map((picture) => ({ ...picture, classId: picture.className }))
  const groups = keptTogether(items, by)
  const byId = new Map(
    pictures.map(({ id, path, className, hash = null }) => [
      id,
      { id, path, label: number.get(className)!, hash, group: groups.get(id) ?? null },
    ]),
  )
  const { train, val } = assignSplits(
    items.map((item) => ({
      ...item,
      path: pathInSet(item.path),
      group: groups.get(item.id) ?? null,
    })),
    { seed, valFraction },
  )
  const drawn = new Set([...train, ...val])
  const pick = (ids: readonly string[]) => ids.map((id) => byId.get(id)!)
  return {
    classes,
    train: pick(train),
    val: pick(val),
    test: pick(pictures.flatMap(({ id }) => (drawn.has(id) ? [] : [id]))),
  }
}

/** The last folder and the file name, so that the same photos are drawn for validation wherever the data
 *  set is stored. */
const pathInSet = (path: string) => path.split(/[\\/]/).slice(-2).join('/')
