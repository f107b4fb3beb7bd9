// How well the features of a backbone separate the classes of a data set without any training. A photo
// counts as right when the mean of its own class, without the photo itself, is the nearest of the class
// means of the standardised features (Snell et al. 2017).
import { columnStatistics } from '../../../shared/statistics/columnStatistics'

export interface LabelledFeatures {
  /** [photos, channels]. */
  readonly features: Float32Array
  readonly channels: number
  readonly labels: readonly number[]
}

/** From 0 (no better than chance) to 1 (every photo is right); null where fewer than two classes have two
 *  photos. */
export function separationOf({ features, channels, labels }: LabelledFeatures): number | null {
  const present = [...new Set(labels)].filter(
    (label) => labels.filter((other) => other === label).length > 1,
  )
  if (present.length < 2) return null
  const standard = standardised(features, channels)
  const row = (i: number) => standard.subarray(i * channels, (i + 1) * channels)
  const sums = new Map(present.map((label) => [label, new Float64Array(channels)]))
  const counts = new Map<number, number>()
  labels.forEach((label, i) => {
    const sum = sums.get(label)
    if (!sum) return
    counts.set(label, (counts.get(label) ?? 0) + 1)
    row(i).forEach((value, c) => (sum[c]! += value))
  })
  const compared = labels.flatMap((label, i) => (sums.has(label) ? [{ label, i }] : []))
  const right = compared.filter(({ label, i }) => {
    const distances = present.map((other) =>
      distance(row(i), sums.get(other)!, { count: counts.get(other)!, own: other === label }),
    )
    return present[distances.indexOf(Math.min(...distances))] === label
  }).length
  const chance = 1 / present.length
  return Math.max(0, (right / compared.length - chance) / (1 - chance))
}

function standardised(features: Float32Array, channels: number) {
  const { mean, variance } = columnStatistics(features, channels)
  return features.map((value, i) => {
    const c = i % channels
    return (value - mean[c]!) / Math.sqrt(variance[c]!)
  })
}

/** Squared distance of a photo from the mean of a class of `count` photos with the given `sum`. `own`: the
 *  photo is one of them, and is left out of the mean. */
function distance(
  values: Float32Array,
  sum: Float64Array,
  { count, own }: { readonly count: number; readonly own: boolean },
) {
  const others = own ? count - 1 : count
  let squares = 0
  for (let c = 0; c < values.length; c++) {
    const mean = (sum[c]! - (own ? values[c]! : 0)) / others
    squares += (values[c]! - mean) ** 2
  }
  return squares
}
