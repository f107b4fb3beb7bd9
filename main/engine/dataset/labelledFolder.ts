// A folder with one folder a class, read without a project: what runs without a window train on.
import type { Split } from '../../../shared/dataset'
import { scan } from './intake/scan'

export interface LabelledPicture {
  readonly id: string
  readonly path: string
  readonly className: string
  readonly split: Split | null
  /** SHA-256 of the file if it is known: duplicates stay on one side of the split. */
  readonly hash?: string | null
  /** Near copies have the same; null where a picture has none. */
  readonly group?: string | null
}

/** The pictures of a folder-per-class data set on disk; those without a class are left out. */
export async function labelledFolder(folder: string): Promise<LabelledPicture[]> {
  const { pictures } = await scan([folder])
  return pictures.flatMap(({ path, className, split }) =>
    className === null ? [] : [{ id: path, path, className, split }],
  )
}
