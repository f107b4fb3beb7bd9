// One photo as a run and a decoder know it.
export interface Sample {
  readonly id: string
  readonly path: string
  readonly label: number
  /** Which time it comes in an epoch, from 0, where it comes more than once. */
  readonly turn?: number
  /** SHA-256 of the file where it is known. */
  readonly hash?: string | null
}
