// Which photos judge a head that the others taught.
import { seededRandom } from '../../../shared/random'

export interface FoldInput {
  /** Class of each photo. */
  readonly labels: readonly number[]
  /** Photos of equal group stay in one fold: copies, bursts. */
  readonly groups: readonly string[]
  readonly folds: number
  readonly seed: number | string
}

/** The fold of each photo. Groups stay whole, and each class is spread as evenly as they allow: larger
 *  groups are placed first, each where its most frequent class is rarest (scikit-learn's
 *  StratifiedGroupKFold follows the same idea). */
export function stratifiedGroupFolds({ labels, groups, folds, seed }: FoldInput): number[] {
  const members = new Map<string, number[]>()
  groups.forEach((group, i) => {
    const known = members.get(group)
    if (known) known.push(i)
    else members.set(group, [i])
  })
  const shuffled = seededRandom('group-folds', seed).shuffled([...members.values()])
  const inOrder = shuffled
    .map((photos) => ({ photos, label: mostFrequent(photos.map((i) => labels[i]!)) }))
    .sort((a, b) => b.photos.length - a.photos.length || a.label - b.label)
  const ofClass = new Map<number, number[]>()
  const sizes = new Array<number>(folds).fill(0)
  const fold = new Array<number>(labels.length)
  for (const { photos, label } of inOrder) {
    const counts = ofClass.get(label) ?? new Array<number>(folds).fill(0)
    ofClass.set(label, counts)
    let best = 0
    for (let f = 1; f < folds; f++)
      if (counts[f]! < counts[best]! || (counts[f] === counts[best] && sizes[f]! < sizes[best]!))
        best = f
    counts[best]! += photos.length
    sizes[best]! += photos.length
    for (const i of photos) fold[i] = best
  }
  return fold
}

function mostFrequent(labels: readonly number[]): number {
  const counts = new Map<number, number>()
  let best = labels[0]!
  for (const label of labels) {
    counts.set(label, (counts.get(label) ?? 0) + 1)
    if (counts.get(label)! > counts.get(best)!) best = label
  }
  return best
}
