// Means over splits, differences between two that were measured on the same splits, and whether a foretold
// interval was right. Pure.
import type { Figure } from '../../shared/figure'
import { accuracyInterval } from '../../shared/statistics/interval'

export interface Mean {
  readonly mean: number
  /** Standard error of the mean over the splits; NaN of fewer than two. */
  readonly error: number
  readonly count: number
}

/** The splits overlap, so the error tells how sure the mean over splits of these photos is, not how it would
 *  be with other photos. */
export function meanOf(values: readonly number[]): Mean {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: count < 2 ? NaN : Math.sqrt(squares / (count - 1) / count), count }
}

/** Mean of `first` minus `second` over the splits that both have; null where there are none.
 *  @param first, second value by split */
export function pairedDifference(
  first: ReadonlyMap<number, number>,
  second: ReadonlyMap<number, number>,
): Mean | null {
  const both = [...first].flatMap(([split, value]) => {
    const other = second.get(split)
    return other === undefined ? [] : [value - other]
  })
  return both.length === 0 ? null : meanOf(both)
}

export interface Foretold {
  /** Whether the accuracy counted on the held-back photos lies in the interval. */
  readonly holds: boolean
  /** The same, allowing for the held-back photos being few themselves. */
  readonly agrees: boolean
}

/** Two counted shares agree where 0 lies in the 95 % interval of their difference (Newcombe 1998, method 10:
 *  the distances to both score intervals, added in quadrature). */
export function foretold(
  { accuracy, low, high }: Pick<Figure, 'accuracy' | 'low' | 'high'>,
  heldBack: { readonly accuracy: number; readonly photos: number },
): Foretold {
  const own = accuracyInterval(heldBack.accuracy * heldBack.photos, heldBack.photos)
  const difference = heldBack.accuracy - accuracy
  const allowed =
    difference > 0
      ? Math.hypot(high - accuracy, heldBack.accuracy - own.low)
      : Math.hypot(accuracy - low, own.high - heldBack.accuracy)
  return {
    holds: heldBack.accuracy >= low - 1e-9 && heldBack.accuracy <= high + 1e-9,
    agrees: Math.abs(difference) <= allowed + 1e-9,
  }
}
