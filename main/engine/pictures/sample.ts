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
