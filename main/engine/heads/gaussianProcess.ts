// Leave-one-out predictions for each picture, all at once: Gaussian process regression on the classes,
// each an indicator (least-squares classification; Rasmussen & Williams, Gaussian Processes for Machine
// Learning, section 6.5), has its leave-one-out answers in closed form (equation 5.12 there). A label
// that the others contradict then gets more noise and the fit is repeated: iteratively reweighted
// least squares, which bounds what a wrong label does to its neighbours (Holland & Welsch, 1977).
import { createYielder } from '../files/eventLoop'
import { gaussianKernel, usualDistance } from './kernel'
import type { HeadInput } from './logisticHead'

/** Variance of the noise of labels, for a signal of variance 1. */
const usualNoise = 0.5
/** Factor by which the noise of a clearly contradicted label grows. */
const noiseOfDoubt = 3
/** Steepness of the function from margin to doubt. */
const sharpness = 4
const passes = 2

type Input = Pick<HeadInput, 'features' | 'rows' | 'labels' | 'classes'>

/** Probabilities [rows, classes] of each of `rows`, predicted from the others: each row adds up to 1, and
 *  as they are least-squares estimates an entry may be a little below 0 or above 1. Time grows with the
 *  cube of the rows, memory with the square. */
export async function leaveOneOut({ features, rows, labels, classes }: Input) {
  const kernel = await kernelTriangle(features, rows)
  const prior = new Float64Array(classes)
  for (const label of labels) prior[label]! += 1 / labels.length
  const noise = new Float64Array(rows.length).fill(usualNoise)
  const out = new Float32Array(rows.length * classes)
  for (let pass = 0; pass < passes; pass++) {
    const inverse = await inverseCholesky(kernel, noise)
    const { weights, precisions } = await solve(inverse, { labels, prior })
    labels.forEach((label, i) => {
      for (let c = 0; c < classes; c++)
        out[i * classes + c] = (c === label ? 1 : 0) - weights[i * classes + c]! / precisions[i]!
      noise[i] = usualNoise * (1 + noiseOfDoubt * doubt(out.subarray(i * classes), label, classes))
    })
  }
  return out
}

function doubt(probabilities: Float32Array, label: number, classes: number) {
  let best = -Infinity
  for (let c = 0; c < classes; c++) if (c !== label) best = Math.max(best, probabilities[c]!)
  return 1 / (1 + Math.exp(-sharpness * (best - probabilities[label]!)))
}

/** Row i has the kernel of picture i with pictures 0 to i. */
async function kernelTriangle(features: Input['features'], rows: readonly number[]) {
  const yieldNowAndThen = createYielder()
  const kernel = gaussianKernel(features, usualDistance(features, rows))
  const triangle: Float64Array[] = []
  for (let i = 0; i < rows.length; i++) {
    await yieldNowAndThen()
    const row = new Float64Array(i + 1)
    for (let j = 0; j <= i; j++) row[j] = kernel(rows[i]!, rows[j]!)
    triangle.push(row)
  }
  return triangle
}

/** The inverse of the Cholesky factor of kernel + noise, as lower rows (Golub & Van Loan, 4.2). */
async function inverseCholesky(kernel: readonly Float64Array[], noise: Float64Array) {
  const yieldNowAndThen = createYielder()
  const factor: Float64Array[] = []
  const inverse: Float64Array[] = []
  for (let i = 0; i < kernel.length; i++) {
    const row = kernel[i]!.slice()
    row[i]! += noise[i]!
    for (let j = 0; j < i; j++) {
      const other = factor[j]!
      let sum = row[j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!
      row[j] = sum / other[j]!
    }
    for (let k = 0; k < i; k++) row[i]! -= row[k]! ** 2
    const own = (row[i] = Math.sqrt(row[i]!))
    factor.push(row)
    const back = new Float64Array(i + 1)
    for (let k = 0; k < i; k++) {
      const share = row[k]! / own
      const other = inverse[k]!
      for (let j = 0; j <= k; j++) back[j]! -= share * other[j]!
    }
    back[i] = 1 / own
    inverse.push(back)
    await yieldNowAndThen()
  }
  return inverse
}

/** With C = kernel + noise and residuals of the prior r: C^-1 r [rows, classes], and the diagonal of
 *  C^-1. */
async function solve(
  inverse: readonly Float64Array[],
  { labels, prior }: { labels: readonly number[]; prior: Float64Array },
) {
  const yieldNowAndThen = createYielder()
  const classes = prior.length
  const weights = new Float64Array(labels.length * classes)
  const precisions = new Float64Array(labels.length)
  const whitened = new Float64Array(classes)
  for (const row of inverse) {
    whitened.fill(0)
    row.forEach((value, j) => {
      for (let c = 0; c < classes; c++)
        whitened[c]! += value * ((labels[j] === c ? 1 : 0) - prior[c]!)
    })
    row.forEach((value, j) => {
      precisions[j]! += value * value
      for (let c = 0; c < classes; c++) weights[j * classes + c]! += value * whitened[c]!
    })
    await yieldNowAndThen()
  }
  return { weights, precisions }
}
