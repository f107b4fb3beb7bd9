// One photo as a run and a decoder know it.
export interface PhotoFile {
  readonly path: string
}
export interface Sample extends PhotoFile {
  readonly id: string
  readonly label: number
  /** Repetition within an epoch, from 0, where oversampling repeats it. */
  readonly turn?: number
  /** SHA-256 of the file where it is known. */
  readonly hash?: string | null
  /** Photos of equal group stay together where photos are divided: near copies, bursts. */
  readonly group?: string | null
}

/** What random draws about a photo depend on: its content, so that they are the same wherever it lies; its
 *  path in runs that began before hashes were stored with them. */
export const drawKey = ({ hash, path }: Pick<Sample, 'hash' | 'path'>) => hash ?? path
