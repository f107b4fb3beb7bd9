// Out-of-fold predictions: each picture is classified by a head fitted on the other folds.
import { seededRandom } from '../../../shared/random'
import { fitHead, type HeadInput } from './logisticHead'

export interface CrossValidation extends HeadInput {
  readonly folds?: number
  readonly seed?: number
  /** Maximum number of rows a head is fitted on, drawn anew for each fold. */
  readonly most?: number
}

/** Penalty that keeps a head from fitting wrong labels; tuned on labels corrupted in ants-bees. */
const penaltyPerColumn = 1 / 400

/** Probabilities [rows, classes] of each of `rows`, in their order. */
export async function crossValidated({
  folds = 5,
  seed = 1,
  most = Infinity,
  ...input
}: CrossValidation): Promise<Float32Array> {
  const { rows, labels, classes, features } = input
  const out = new Float32Array(rows.length * classes)
  const fold = stratifiedFolds(labels, folds, seed)
  for (let held = 0; held < folds; held++) {
    const indices = rows.flatMap((_, i) => (fold[i] === held ? [i] : []))
    if (indices.length === 0) continue
    const others = rows.flatMap((_, i) => (fold[i] === held ? [] : [i]))
    const kept =
      others.length > most
        ? seededRandom('kept', seed, held).shuffled(others).slice(0, most)
        : others
    const head = await fitHead({
      ...input,
      penaltyPerColumn,
      rows: kept.map((i) => rows[i]!),
      labels: kept.map((i) => labels[i]!),
    })
    const judged = await head.probabilities(
      features,
      indices.map((i) => rows[i]!),
    )
    indices.forEach((index, i) =>
      out.set(judged.subarray(i * classes, (i + 1) * classes), index * classes),
    )
  }
  return out
}

/** The fold of each label: every class is spread evenly. */
export function stratifiedFolds(
  labels: readonly number[],
  folds: number,
  seed: number | string,
): number[] {
  const fold = new Array<number>(labels.length)
  let next = 0
  for (const label of [...new Set(labels)].sort((a, b) => a - b)) {
    const members = labels.flatMap((other, i) => (other === label ? [i] : []))
    for (const i of seededRandom('folds', seed, label).shuffled(members)) fold[i] = next++ % folds
  }
  return fold
}
