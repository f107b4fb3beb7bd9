// One photo as a run and the decoder handle it.
export interface Sample {
  readonly id: string
  readonly path: string
  readonly label: number
  /** Repetition within an epoch, from 0, where oversampling repeats it. */
  readonly turn?: number
  /** SHA-256 of the file where it is known. */
  readonly hash?: string | null
}
