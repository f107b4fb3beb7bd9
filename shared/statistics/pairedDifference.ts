// Whether two models that answered the same photos differ by more than chance.

export interface PairedDifference {
  /** Photos that both answered. */
  readonly photos: number
  /** Photos that only the first, and only the second, got right. */
  readonly onlyFirst: number
  readonly onlySecond: number
  /** Two-sided p of McNemar's exact test: the chance of a split at least as uneven if both were
   *  equally good (McNemar 1947; exact binomial form, Edwards 1948). */
  readonly p: number
}

/** @param first, second whether each photo was answered right, in the same order. */
export function pairedDifference(
  first: readonly boolean[],
  second: readonly boolean[],
): PairedDifference {
  let [onlyFirst, onlySecond] = [0, 0]
  first.forEach((right, i) => {
    if (right && !second[i]) onlyFirst++
    if (!right && second[i]) onlySecond++
  })
  return { photos: first.length, onlyFirst, onlySecond, p: exactMcNemar(onlyFirst, onlySecond) }
}

/** Two-sided exact p of `onlyFirst` against `onlySecond`; 1 where there is no difference at all. */
export function exactMcNemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond
  // Logarithms, since 0.5^n underflows from n = 1075.
  let logTerm = -n * Math.LN2
  let tail = 0
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += Math.exp(logTerm)
    logTerm += Math.log(n - k) - Math.log(k + 1)
  }
  return Math.min(1, 2 * tail)
}
