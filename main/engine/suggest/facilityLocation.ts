// Picks items that stand for the others: each pick is the item that raises most how well all items
// are covered by their most alike pick. Facility location is submodular, so the greedy choice is
// within 1 - 1/e of the best (Nemhauser, Wolsey & Fisher 1978); weighting by uncertainty makes it an
// order of labelling (Wei, Iyer & Bilmes, ICML 2015). Outliers cover nothing and are left for last.
import { createYielder } from '../files/eventLoop'
import type { Matrix } from '../heads/logisticHead'

export interface FacilityInput {
  readonly matrix: Matrix
  /** Row numbers of the items. */
  readonly rows: readonly number[]
  /** Weight of each item, above 0: the value of covering it and of picking it. */
  readonly weights: readonly number[]
  /** Row numbers of items picked earlier (the labelled ones). */
  readonly covering: readonly number[]
  readonly count: number
}

/** Indices into `rows`, in the order of picking. Memory and time grow with the square of the items. */
export async function facilityLocation({
  matrix,
  rows,
  weights,
  covering,
  count,
}: FacilityInput): Promise<number[]> {
  const yieldNowAndThen = createYielder()
  const unit = unitRows(matrix, rows)
  const covered = new Float32Array(rows.length)
  for (const centre of unitRows(matrix, covering)) {
    await yieldNowAndThen()
    cover(covered, (i) => likeness(unit[i]!, centre))
  }
  const alike: Float32Array[] = []
  for (const item of unit) {
    await yieldNowAndThen()
    const before = alike.length
    // The matrix is symmetric: the half below the diagonal is known.
    alike.push(
      Float32Array.from(unit, (other, j) =>
        j < before ? alike[j]![before]! : likeness(item, other),
      ),
    )
  }
  // A gain never grows: an item whose old gain is below the best new one can be skipped.
  const gains = new Float64Array(rows.length).fill(Infinity)
  const picked: number[] = []
  while (picked.length < Math.min(count, rows.length)) {
    let best = -1
    let most = -Infinity
    for (const i of order(gains)) {
      if (gains[i]! <= most) break
      await yieldNowAndThen()
      gains[i] = weights[i]! * gain(alike[i]!, { covered, weights })
      if (gains[i]! > most || (gains[i] === most && i < best)) [best, most] = [i, gains[i]!]
    }
    if (best < 0) break
    picked.push(best)
    gains[best] = -Infinity
    const row = alike[best]!
    cover(covered, (i) => row[i]!)
  }
  return picked
}

const order = (gains: Float64Array) =>
  Array.from(gains, (_, i) => i)
    .filter((i) => gains[i] !== -Infinity)
    .sort((a, b) => (gains[a] === gains[b] ? a - b : gains[b]! - gains[a]!))

function gain(
  row: Float32Array,
  { covered, weights }: { covered: Float32Array; weights: readonly number[] },
) {
  let sum = 0
  for (let i = 0; i < row.length; i++) {
    const more = row[i]! - covered[i]!
    if (more > 0) sum += more * weights[i]!
  }
  return sum
}

function cover(covered: Float32Array, by: (i: number) => number) {
  for (let i = 0; i < covered.length; i++) covered[i] = Math.max(covered[i]!, by(i))
}

function unitRows({ data, values }: Matrix, rows: readonly number[]) {
  return rows.map((row) => {
    const out = data.slice(row * values, (row + 1) * values)
    let squares = 0
    for (const value of out) squares += value * value
    const length = Math.sqrt(squares) || 1
    return out.map((value) => value / length)
  })
}

/** Cosine of unit vectors, at least 0: opposite vectors count as unrelated. */
function likeness(a: Float32Array, b: Float32Array) {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return Math.max(0, sum)
}
