// Looking things up in a column of numbers that only goes up. Pure.

/** How many values are at most `limit`, which is also where a greater one would stand. */
export function countUpTo(values: ArrayLike<number>, limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** The place of the value nearest to `x`; -1 when there is none. */
export function nearestTo(values: ArrayLike<number>, x: number): number {
  const after = countUpTo(values, x)
  if (after === 0) return values.length ? 0 : -1
  if (after === values.length) return after - 1
  return values[after]! - x < x - values[after - 1]! ? after : after - 1
}
