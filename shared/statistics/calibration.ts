// Whether "90 % sure" is right 90 times of 100, and the one number that brings it there: logits divided
// by a temperature (Guo, Pleiss, Sun & Weinberger, ICML 2017).
import type { Calibration } from '../figure'

export interface ScoredPhotos {
  /** [photos, classes], row by row. */
  readonly logits: Float32Array
  /** Class of each photo, 0 to classes - 1. */
  readonly labels: readonly number[]
  readonly classes: number
}

/** Logits that a temperature is fitted to; of more photos some are taken, spread evenly. */
const mostLogits = 500_000
const bins = 15
/** Temperatures are sought between 1/20 and 20. */
const maxLogTemperature = Math.log(20)

/** How far ln T is expected from 0 before any photo was seen. A few dozen photos say little about T; with
 *  none but this it stays near 1. */
const expectedLogTemperature = 0.3

/** The temperature that makes `logits / temperature` fit the labels best: least summed cross-entropy plus
 *  (ln T / 0.3)² / 2, the normal prior of ln T. 1 without photos. */
export function fitTemperature(photos: ScoredPhotos): number {
  if (photos.labels.length === 0) return 1
  const cost = (logT: number) =>
    crossEntropySum(photos, Math.exp(logT)) + (logT / expectedLogTemperature) ** 2 / 2
  // Golden-section search: the cross-entropy is convex in 1/T, so it has one minimum.
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [-maxLogTemperature, maxLogTemperature]
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
  let [costLeft, costRight] = [cost(left), cost(right)]
  while (high - low > 1e-6) {
    if (costLeft < costRight) {
      ;[high, right, costRight] = [right, left, costLeft]
      left = high - ratio * (high - low)
      costLeft = cost(left)
    } else {
      ;[low, left, costLeft] = [left, right, costRight]
      right = low + ratio * (high - low)
      costRight = cost(right)
    }
  }
  return Math.exp((low + high) / 2)
}

/** Expected calibration error: the mean difference between confidence and accuracy over 15 bins of equal
 *  width, weighed by their photos; 0 to 1. 0 without photos. */
export function expectedCalibrationError(photos: ScoredPhotos, temperature = 1): number {
  const sums = Array.from({ length: bins }, () => ({ photos: 0, confidence: 0, right: 0 }))
  forEachPhoto(photos, temperature, ({ confidence, right }) => {
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]!
    bin.photos++
    bin.confidence += confidence
    if (right) bin.right++
  })
  const difference = sums.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right), 0)
  return difference / Math.max(1, photos.labels.length)
}

/** The temperature for these photos, and what it does for photos that did not choose it; null without
 *  photos. Takes a second at most. */
export function calibrate(all: ScoredPhotos): Calibration | null {
  const { labels, classes } = all
  if (labels.length === 0) return null
  const count = Math.min(labels.length, Math.max(1, Math.floor(mostLogits / classes)))
  const photos =
    count === labels.length
      ? all
      : rowsOf(
          all,
          Array.from({ length: count }, (_, i) => Math.floor((i * labels.length) / count)),
        )
  return {
    temperature: fitTemperature(photos),
    errorBefore: expectedCalibrationError(photos),
    errorAfter: crossFittedCalibrationError(photos),
  }
}

/** Expected calibration error after a temperature that was fitted on the other folds of the photos, so that
 *  no photo grades the temperature it chose. */
export function crossFittedCalibrationError(photos: ScoredPhotos, folds = 5): number {
  const { logits, labels, classes } = photos
  const scaled = new Float32Array(logits.length)
  for (let fold = 0; fold < folds; fold++) {
    const others = labels.flatMap((_, i) => (i % folds === fold ? [] : [i]))
    const temperature = fitTemperature(rowsOf(photos, others))
    for (let i = fold; i < labels.length; i += folds)
      for (let c = i * classes; c < (i + 1) * classes; c++) scaled[c] = logits[c]! / temperature
  }
  return expectedCalibrationError({ ...photos, logits: scaled })
}

function rowsOf({ logits, labels, classes }: ScoredPhotos, rows: readonly number[]): ScoredPhotos {
  const some = new Float32Array(rows.length * classes)
  rows.forEach((row, i) =>
    some.set(logits.subarray(row * classes, (row + 1) * classes), i * classes),
  )
  return { logits: some, labels: rows.map((row) => labels[row]!), classes }
}

function crossEntropySum(photos: ScoredPhotos, temperature: number): number {
  let sum = 0
  forEachPhoto(photos, temperature, ({ crossEntropy }) => (sum += crossEntropy))
  return sum
}

interface Scored {
  readonly confidence: number
  readonly right: boolean
  readonly crossEntropy: number
}

function forEachPhoto(
  { logits, labels, classes }: ScoredPhotos,
  temperature: number,
  visit: (photo: Scored) => void,
) {
  labels.forEach((label, i) => {
    const at = i * classes
    let best = 0
    for (let c = 1; c < classes; c++) if (logits[at + c]! > logits[at + best]!) best = c
    const top = logits[at + best]!
    let sum = 0
    for (let c = 0; c < classes; c++) sum += Math.exp((logits[at + c]! - top) / temperature)
    visit({
      confidence: 1 / sum,
      right: best === label,
      crossEntropy: Math.log(sum) - (logits[at + label]! - top) / temperature,
    })
  })
}
