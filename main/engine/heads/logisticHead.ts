// A classifier fitted on features: multinomial logistic regression with an L2 penalty, the convex
// problem of Hastie, Tibshirani & Friedman (The Elements of Statistical Learning, section 4.4).
// The same features and labels always give the same head.
import { createYielder } from '../files/eventLoop'
import { minimise } from './lbfgs'

/** `rows` of `values` numbers each, one after the other. */
export interface Matrix {
  readonly data: Float32Array
  readonly rows: number
  readonly values: number
}
export interface HeadInput {
  /** Standardised (standardise.ts): the penalty treats all columns alike. */
  readonly features: Matrix
  /** Row numbers of `features` to learn from. */
  readonly rows: readonly number[]
  /** Class of each of those rows: 0 to classes - 1. */
  readonly labels: readonly number[]
  readonly classes: number
  /** L2 penalty per column: factor of half the squared weights, added to the mean cross-entropy. */
  readonly penaltyPerColumn?: number
}
export interface Head {
  readonly classes: number
  /** [rows, classes], each row adding up to 1. */
  probabilities(features: Matrix, rows: readonly number[]): Promise<Float32Array>
}

/** Two and four times this penalty lowered the accuracy of rare classes of cifar10-sample and did not
 *  help common ones. */
const usualPenalty = 1 / 1600

export async function fitHead({
  features,
  rows,
  labels,
  classes,
  penaltyPerColumn = usualPenalty,
}: HeadInput): Promise<Head> {
  const { data, values } = features
  const width = values + 1
  const weights = new Float64Array(classes * width)
  const scores = new Float64Array(classes)
  const penalty = penaltyPerColumn * values
  const yieldNowAndThen = createYielder()
  await minimise(async (x, gradient) => {
    gradient.fill(0)
    let loss = 0
    for (let i = 0; i < rows.length; i++) {
      if (i % 64 === 0) await yieldNowAndThen()
      const at = rows[i]! * values
      score(x, { data, at, values, scores })
      loss -= Math.log(Math.max(softmax(scores, labels[i]!), 1e-300))
      for (let c = 0; c < classes; c++) {
        const error = scores[c]! - (c === labels[i] ? 1 : 0)
        if (Math.abs(error) < 1e-7) continue
        const into = c * width
        for (let v = 0; v < values; v++) gradient[into + v]! += error * data[at + v]!
        gradient[into + values]! += error
      }
    }
    let squares = 0
    for (let i = 0; i < x.length; i++) {
      const free = i % width === values
      gradient[i] = gradient[i]! / rows.length + (free ? 0 : penalty * x[i]!)
      if (!free) squares += x[i]! ** 2
    }
    return loss / rows.length + (penalty / 2) * squares
  }, weights)
  return {
    classes,
    async probabilities(of, wanted) {
      const out = new Float32Array(wanted.length * classes)
      const yieldNowAndThen = createYielder()
      const into = new Float64Array(classes)
      for (let i = 0; i < wanted.length; i++) {
        if (i % 64 === 0) await yieldNowAndThen()
        score(weights, { data: of.data, at: wanted[i]! * values, values, scores: into })
        softmax(into, 0)
        out.set(into, i * classes)
      }
      return out
    },
  }
}

interface Row {
  readonly data: Float32Array
  readonly at: number
  readonly values: number
  readonly scores: Float64Array
}

function score(weights: Float64Array, { data, at, values, scores }: Row) {
  for (let c = 0, from = 0; c < scores.length; c++, from += values + 1) {
    let sum = weights[from + values]!
    for (let v = 0; v < values; v++) sum += weights[from + v]! * data[at + v]!
    scores[c] = sum
  }
}

/** Softmax in place; returns the probability of `label`. */
function softmax(scores: Float64Array, label: number) {
  let top = -Infinity
  for (const value of scores) top = Math.max(top, value)
  let sum = 0
  for (let c = 0; c < scores.length; c++) sum += scores[c] = Math.exp(scores[c]! - top)
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum
  return scores[label]!
}
