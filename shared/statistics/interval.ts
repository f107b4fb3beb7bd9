// How far an accuracy counted on some photos may be from the accuracy on all photos of that kind.

export interface Interval {
  readonly low: number
  readonly high: number
}

/** The 97.5 % quantile of the standard normal: two-sided 95 %. */
const z95 = 1.959963984540054

/** 95 % score interval of a share (Wilson 1927), both ends from 0 to 1. Unlike share ± standard error it
 *  is neither empty nor outside 0 to 1 when all photos or none are right.
 *  @param right may be fractional: a mean over several gradings of the same photos.
 *  @param photos 0 gives the interval 0 to 1: nothing is known. */
export function accuracyInterval(right: number, photos: number): Interval {
  if (photos === 0) return { low: 0, high: 1 }
  const share = right / photos
  const z2 = z95 ** 2
  const middle = (share + z2 / (2 * photos)) / (1 + z2 / photos)
  const half =
    (z95 / (1 + z2 / photos)) * Math.sqrt((share * (1 - share)) / photos + z2 / (4 * photos ** 2))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
