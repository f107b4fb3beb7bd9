// Statistics: medians of rounds and growth of memory. Pure.

/** The middle value, or the mean of the two middle ones. @throws RangeError of nothing */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('No median of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Relative spread of the rounds: (largest - smallest) / median. */
export function spread(values: readonly number[]): number {
  const range = Math.max(...values) - Math.min(...values)
  return range === 0 ? 0 : range / Math.abs(median(values))
}

/** Growth from the first to the last, as a fraction of the first. Each end is the median of a tenth of
 *  the values (one at least), so that one odd sample decides nothing. */
export function growth(values: readonly number[]): number {
  const end = Math.max(1, Math.floor(values.length / 10))
  const first = median(values.slice(0, end))
  return (median(values.slice(-end)) - first) / first
}
