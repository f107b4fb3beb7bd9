// Picks items that are each of quality and unlike one another: the most probable set of a determinantal
// point process whose likeness is a Gaussian kernel (Kulesza & Taskar, Determinantal Point Processes for
// Machine Learning, 2012, section 3.1), picked greedily (Chen, Zhang & Zhou, NeurIPS 2018). What is left
// of an item's variance, given those that are known or picked, is also how little a Gaussian process
// knows of it: with uncertainty for quality this is an order of labelling (Bıyık et al., 2019).
import { breather } from './breather'
import { gaussianKernel, usualDistance } from './kernel'
import type { Matrix } from './logisticHead'

export interface DiverseInput {
  readonly matrix: Matrix
  /** Row numbers of the items. */
  readonly rows: readonly number[]
  /** One an item, 0 or more. */
  readonly quality: readonly number[]
  /** Row numbers of what is known already. */
  readonly known: readonly number[]
  readonly count: number
}

/** An item tells less than all of what is like it. */
const noise = 0.5

/** Places in `rows`, in the order of picking; ties go to the first. Time and memory grow with the items
 *  times what is known and picked. */
export async function diverseOrder({ matrix, rows, quality, known, count }: DiverseInput) {
  const breathe = breather()
  const items = [...rows, ...known]
  const kernel = gaussianKernel(matrix, usualDistance(matrix, items))
  const variance = new Float64Array(items.length).fill(1)
  // Rows of the Cholesky factor of the kernel: what an item has in common with each that is given.
  const shared: Float32Array[] = []
  const give = async (place: number) => {
    await breathe()
    const own = shared.map((row) => row[place]!)
    const row = new Float32Array(items.length)
    for (let i = 0; i < row.length; i++) row[i] = kernel(items[place]!, items[i]!)
    for (const [k, other] of shared.entries()) {
      const share = own[k]!
      for (let i = 0; i < row.length; i++) row[i]! -= share * other[i]!
    }
    const scale = 1 / Math.sqrt(variance[place]! + noise)
    for (let i = 0; i < row.length; i++) {
      row[i]! *= scale
      variance[i] = Math.max(0, variance[i]! - row[i]! ** 2)
    }
    shared.push(row)
  }
  for (let i = 0; i < known.length; i++) await give(rows.length + i)
  const picked: number[] = []
  const left = new Set(rows.keys())
  while (picked.length < count && left.size > 0) {
    let best = -1
    let most = -Infinity
    for (const i of left) {
      const gain = quality[i]! ** 2 * variance[i]!
      if (gain > most) [best, most] = [i, gain]
    }
    picked.push(best)
    left.delete(best)
    await give(best)
  }
  return picked
}
