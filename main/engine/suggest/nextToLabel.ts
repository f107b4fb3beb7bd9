// The order in which labelling teaches most: pictures that the head is unsure of, that stand for many
// others and are unlike those with a label already. Before there is a head every picture is as
// uncertain as the next, and the order is one of standing for others alone.
import { seededRandom } from '../../../shared/random'
import { facilityLocation } from './facilityLocation'
import type { Matrix } from '../heads/logisticHead'

export interface NextInput {
  readonly matrix: Matrix
  /** Row numbers of the pictures without a label. */
  readonly rows: readonly number[]
  /** One a row: 1 less the margin between its two most probable classes. */
  readonly uncertainty: readonly number[]
  /** Row numbers of those with one. */
  readonly labelled: readonly number[]
  readonly count: number
  readonly seed: number
}

/** Of very many pictures a part is looked at, drawn by the seed and anew as labels come in: at most so
 *  many, and fewer of those that have many features, for all are compared with all. */
const mostLookedAt = 2000
const mostCompared = 1.2e9
const mostLabelled = 1000
/** Even a picture that the head is certain of may be picked once all around it are. */
const leastUncertain = 0.02

/** Places in `rows`, the most useful first. */
export async function nextToLabel({
  matrix,
  rows,
  uncertainty,
  labelled,
  count,
  seed,
}: NextInput): Promise<number[]> {
  const random = seededRandom('next', seed, labelled.length)
  const places = rows.map((_, i) => i)
  const affordable = Math.floor(Math.sqrt(mostCompared / matrix.values))
  const most = Math.max(Math.min(mostLookedAt, affordable), count)
  const looked = rows.length > most ? random.shuffled(places).slice(0, most) : places
  const picked = await facilityLocation({
    matrix,
    rows: looked.map((i) => rows[i]!),
    // The root was better than the plain margin on cifar10-sample and as good on ants-bees.
    weights: looked.map((i) => Math.sqrt(uncertainty[i]! + leastUncertain)),
    covering: random.shuffled(labelled).slice(0, mostLabelled),
    count,
  })
  return picked.map((i) => looked[i]!)
}
