// The accuracy of a model that was chosen among many, such as the best of 25 epochs. Grading the chosen one
// on the photos that chose it reads too high; here each photo grades the candidate that the other photos
// choose (cross-fitting; Cawley & Talbot, JMLR 2010).
import { seededRandom } from '../random'

/** What one candidate said of the validation photos, in their order. */
export interface Judgement {
  readonly right: readonly boolean[]
  /** Cross-entropy of each photo. */
  readonly loss: ArrayLike<number>
}

export interface CrossFitOptions {
  /** Class of each photo. */
  readonly labels: readonly number[]
  /** Candidates are chosen by the mean of the classes' accuracies instead of the share of photos. */
  readonly balanced?: boolean
  /** What a candidate is chosen by: the most right answers, then the least loss; or the least loss alone. */
  readonly by?: 'accuracy' | 'loss'
}

const folds = 5
/** Over how many draws of the folds the grades are averaged. */
const draws = 8

/** For each photo the share of draws in which the candidate chosen by the photos of other folds was right
 *  about it: the mean is the accuracy, free of the choice. Empty without candidates. Deterministic. */
export function crossFittedGrades(
  candidates: readonly Judgement[],
  { labels, balanced = false, by = 'accuracy' }: CrossFitOptions,
): number[] {
  if (candidates.length === 0) return []
  const grades = new Array<number>(labels.length).fill(0)
  const weight = balanced ? photoWeights(labels) : null
  for (let draw = 0; draw < draws; draw++) {
    const fold = foldsOf(labels, draw)
    const sums = candidates.map((candidate) => foldSums(candidate, fold, weight))
    for (let held = 0; held < folds; held++) {
      const chosen = candidates[bestWithout(sums, held, by)]!
      fold.forEach((own, i) => {
        if (own === held && chosen.right[i]) grades[i]! += 1 / draws
      })
    }
  }
  return grades
}

/** Classes are spread evenly over the folds. */
function foldsOf(labels: readonly number[], draw: number): number[] {
  const order = seededRandom('cross-fit', draw).shuffled(labels.map((_, i) => i))
  order.sort((a, b) => labels[a]! - labels[b]!)
  const fold = new Array<number>(labels.length)
  order.forEach((photo, i) => (fold[photo] = i % folds))
  return fold
}

/** Each class weighs the same in all. */
function photoWeights(labels: readonly number[]): number[] {
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return labels.map((label) => labels.length / (counts.size * counts.get(label)!))
}

interface Sums {
  readonly right: number
  readonly loss: number
}

function foldSums(
  { right, loss }: Judgement,
  fold: readonly number[],
  weight: readonly number[] | null,
): Sums[] {
  const sums = Array.from({ length: folds }, () => ({ right: 0, loss: 0 }))
  fold.forEach((own, i) => {
    const each = weight?.[i] ?? 1
    sums[own]!.loss += loss[i]! * each
    if (right[i]) sums[own]!.right += each
  })
  return sums
}

/** The most right answers, then the least loss, then the earliest; or by the loss alone. */
function bestWithout(
  sums: readonly (readonly Sums[])[],
  held: number,
  by: 'accuracy' | 'loss',
): number {
  let best = 0
  let bestSum: Sums | null = null
  sums.forEach((candidate, i) => {
    const others = candidate.filter((_, fold) => fold !== held)
    const sum = {
      right: by === 'loss' ? 0 : others.reduce((total, each) => total + each.right, 0),
      loss: others.reduce((total, each) => total + each.loss, 0),
    }
    const isBetter =
      bestSum === null ||
      sum.right > bestSum.right + 1e-9 ||
      (sum.right > bestSum.right - 1e-9 && sum.loss < bestSum.loss)
    if (isBetter) [best, bestSum] = [i, sum]
  })
  return best
}
