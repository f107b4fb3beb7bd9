// Measures active learning ("most useful next"): the accuracy (mean over classes) on held-out
// pictures of a head fitted on 100 labels in that order (asked for anew after every 10) and
// on 100, 200 and 300 at random. With `tail` the pool is long-tailed: classes are thinned out
// geometrically, down to that part, as collections of photos are; what is held back stays as it was. Of
// a set in bursts whole scenes are held back, and judged by their first picture.
import { fitHead, type Head } from '../../main/engine/heads/logisticHead'
import { nextToLabel } from '../../main/engine/suggest/nextToLabel'
import { seededRandom } from '../../shared/random'
import type { RealSet } from './realSet'

export interface LabelOrderOptions {
  readonly set: RealSet
  readonly seed: number
  /** Pictures of the rarest class as a part of those of the most common. */
  readonly tail: number
}
export interface LabelOrder {
  readonly ordered100: number
  readonly random100: number
  readonly random200: number
  readonly random300: number
  readonly pool: number
}

const heldBack = 0.25
const batch = 10
const wanted = 100
const draws = 5

export async function labelOrder({ set, seed, tail }: LabelOrderOptions): Promise<LabelOrder> {
  const { pool, test } = splitOf({ set, seed, tail })
  const random = async (count: number) => {
    let sum = 0
    for (let draw = 0; draw < draws; draw++)
      sum += await accuracy(
        set,
        await fit(set, seededRandom('random', seed, draw).shuffled(pool).slice(0, count)),
        test,
      )
    return sum / draws
  }
  return {
    ordered100: await accuracy(set, await fit(set, await orderedLabels(set, pool)), test),
    random100: await random(100),
    random200: await random(200),
    random300: await random(300),
    pool: pool.length,
  }
}

async function orderedLabels(set: RealSet, pool: readonly number[]): Promise<number[]> {
  const labelled: number[] = []
  while (labelled.length < wanted) {
    const rows = pool.filter((row) => !labelled.includes(row))
    const known = new Set(labelled.map((row) => set.labels[row]))
    const head = known.size > 1 ? await fit(set, labelled) : null
    const probabilities = await head?.probabilities(set.matrix, rows)
    const uncertainty = rows.map((_, i) => {
      if (!probabilities) return 1
      const [best, second] = [
        ...probabilities.subarray(i * set.classes, (i + 1) * set.classes),
      ].sort((a, b) => b - a)
      return 1 - (best! - second!)
    })
    const next = await nextToLabel({
      matrix: set.matrix,
      rows,
      uncertainty,
      labelled,
      count: batch,
      seed: 1,
    })
    labelled.push(...next.map((i) => rows[i]!))
  }
  return labelled
}

function splitOf({ set, seed, tail }: LabelOrderOptions) {
  const random = seededRandom('held-back', seed)
  const scenes: number[] = []
  const test: number[] = []
  for (let label = 0; label < set.classes; label++) {
    const own = random.shuffled(
      set.labels.flatMap((other, row) => (other === label && set.scenes[row] === row ? [row] : [])),
    )
    const back = Math.round(own.length * heldBack)
    test.push(...own.slice(0, back))
    const part = tail ** (((label + seed) % set.classes) / (set.classes - 1))
    scenes.push(...own.slice(back, back + Math.round((own.length - back) * part)))
  }
  const kept = new Set(scenes)
  const pool = set.scenes.flatMap((scene, row) => (kept.has(scene) ? [row] : []))
  return { pool: random.shuffled(pool), test }
}

const fit = ({ matrix, labels, classes }: RealSet, rows: readonly number[]): Promise<Head> =>
  fitHead({ features: matrix, rows, labels: rows.map((row) => labels[row]!), classes })

async function accuracy({ matrix, labels, classes }: RealSet, head: Head, test: readonly number[]) {
  const probabilities = await head.probabilities(matrix, test)
  const [right, all] = [new Float64Array(classes), new Float64Array(classes)]
  test.forEach((row, i) => {
    const own = probabilities.subarray(i * classes, (i + 1) * classes)
    all[labels[row]!]!++
    if (own.indexOf(Math.max(...own)) === labels[row]) right[labels[row]!]!++
  })
  return right.reduce((sum, count, label) => sum + count / all[label]!, 0) / classes
}
