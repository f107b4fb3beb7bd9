// Active learning: the order in which labels are most useful. First come pictures that the head is
// unsure of, that represent many others and differ from labelled ones. Without a head all pictures are
// equally uncertain, and only representativeness counts.
import { seededRandom } from '../../../shared/random'
import { facilityLocation } from './facilityLocation'
import type { Matrix } from '../heads/logisticHead'

export interface NextInput {
  readonly matrix: Matrix
  /** Row numbers of the pictures without a label. */
  readonly rows: readonly number[]
  /** One per row: 1 minus the margin between its two most probable classes. */
  readonly uncertainty: readonly number[]
  /** Row numbers of the labelled pictures. */
  readonly labelled: readonly number[]
  readonly count: number
  readonly seed: number
}

/** Limits of the random subset (drawn by seed, anew as labels arrive) that is considered: fewer where
 *  pictures have many features, because all pairs are compared. */
const maxCandidates = 2000
const maxComparisons = 1.2e9
const maxLabelled = 1000
/** Lower bound, so that certain pictures can still be picked after all uncertain ones. */
const minUncertainty = 0.02

/** Indices into `rows`, the most useful first. */
export async function nextToLabel({
  matrix,
  rows,
  uncertainty,
  labelled,
  count,
  seed,
}: NextInput): Promise<number[]> {
  const random = seededRandom('next', seed, labelled.length)
  const indices = rows.map((_, i) => i)
  const affordable = Math.floor(Math.sqrt(maxComparisons / matrix.values))
  const most = Math.max(Math.min(maxCandidates, affordable), count)
  const looked = rows.length > most ? random.shuffled(indices).slice(0, most) : indices
  const picked = await facilityLocation({
    matrix,
    rows: looked.map((i) => rows[i]!),
    // The root was better than the plain margin on cifar10-sample and as good on ants-bees.
    weights: looked.map((i) => Math.sqrt(uncertainty[i]! + minUncertainty)),
    covering: random.shuffled(labelled).slice(0, maxLabelled),
    count,
  })
  return picked.map((i) => looked[i]!)
}
