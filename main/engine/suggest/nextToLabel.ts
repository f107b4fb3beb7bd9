// The order in which labelling teaches most: pictures that the head is unsure of, that are unlike one
// another and unlike those with a label already. Before there is a head every picture is as uncertain as
// the next, and the order is one of being unlike alone.
import { seededRandom } from '../../../shared/random'
import { diverseOrder } from './diverseOrder'
import type { Matrix } from './logisticHead'

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

/** Of very many pictures a part is looked at, drawn by the seed and anew as labels come in. */
const mostLookedAt = 2000
const mostLabelled = 300
/** Even a picture that the head is certain of may be picked once all others are. */
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
  const most = Math.max(mostLookedAt, count)
  const looked = rows.length > most ? random.shuffled(places).slice(0, most) : places
  const picked = await diverseOrder({
    matrix,
    rows: looked.map((i) => rows[i]!),
    quality: looked.map((i) => uncertainty[i]! + leastUncertain),
    known: random.shuffled(labelled).slice(0, mostLabelled),
    count,
  })
  return picked.map((i) => looked[i]!)
}
