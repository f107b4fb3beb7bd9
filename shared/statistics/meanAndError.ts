// The mean of some values and how sure it is, as of the differences between two models paired by photo.

export interface MeanAndError {
  readonly mean: number
  /** Standard error of the mean. */
  readonly error: number
}

/** 0 and 0 without values. */
export function meanAndError(values: readonly number[]): MeanAndError {
  const count = Math.max(1, values.length)
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares / Math.max(1, count - 1) / count) }
}
