// The photos of a run, split into training, validation and test, with classes by number.
import type { Split } from '../../../shared/dataset'
import { scan } from '../dataset/intake/scan'
import { assignSplits } from '../dataset/splits'
import type { Sample } from '../pictures/sample'
import { naturally } from '../dataset/intake/walk'

export interface Samples {
  readonly classes: readonly string[]
  readonly train: readonly Sample[]
  readonly val: readonly Sample[]
  readonly test: readonly Sample[]
}
export interface LabelledPicture {
  readonly id: string
  readonly path: string
  readonly className: string
  readonly split: Split | null
  /** SHA-256 of the file if it is known: duplicates stay on one side of the split. */
  readonly hash?: string | null
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

/** The pictures of a folder-per-class data set on disk; those without a class are left out. */
export async function labelledFolder(folder: string): Promise<LabelledPicture[]> {
  const { pictures } = await scan([folder])
  return pictures.flatMap(({ path, className, split }) =>
    className === null ? [] : [{ id: path, path, className, split }],
  )
}

/** The last folder and the file name, so that the same photos are drawn for validation wherever the data
 *  set is stored. */
const pathInSet = (path: string) => path.split(/[\\/]/).slice(-2).join('/')
