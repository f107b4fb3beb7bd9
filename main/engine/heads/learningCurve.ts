// What more photos would be worth: heads taught by a part of the photos are judged on photos that they
// have not seen, and the error is extrapolated as a power of the number of photos (Hestness et al. 2017).
import type { LearningCurve } from '../../../shared/figure'
import { seededRandom } from '../../../shared/random'
import type { ExactHead } from './exactHead'
import { judge, logitsOf, newPupil, photoWeights, teach, type HeadData } from './headFit'

export interface CurveInput extends HeadData {
  readonly groups: readonly string[]
  readonly balanced: boolean
  readonly seed: number
}

/** Shares of the photos that teach. What all of them are worth is known already, out of fold. */
const shares = [1 / 8, 1 / 4, 1 / 2]
/** A head taught by fewer says nothing about more. */
const fewestPhotos = 8

/** The points are means over the folds of `head`, at its penalty. */
export async function measureLearningCurve(
  input: CurveInput,
  head: Pick<ExactHead, 'fold' | 'penalty' | 'outOfFoldLogits'>,
  breathe: () => Promise<void>,
): Promise<LearningCurve> {
  const { labels, objective } = input
  const { classes, photos } = objective
  const { fold, penalty } = head
  const held = [...new Set(fold)].sort((a, b) => a - b)
  const ranks = rankWithinClass(input)
  const weights = photoWeights(labels, input.balanced)
  const points: LearningCurve['points'] = []
  for (const share of shares) {
    let [taught, right, loss] = [0, 0, 0]
    for (const each of held) {
      const teaches = (i: number) => fold[i] !== each && ranks[i]! < share
      const count = fold.filter((_, i) => teaches(i)).length
      if (count < fewestPhotos) continue
      const pupil = newPupil(input, weights, teaches)
      await teach(input, pupil, { penalty, breathe })
      const judged = judge(logitsOf(input, pupil), labels, classes)
      fold.forEach((f, i) => {
        if (f !== each) return
        right += judged.right[i] ? 1 : 0
        loss += judged.loss[i]!
      })
      taught += count
    }
    if (taught < fewestPhotos * held.length) continue
    points.push({
      photos: Math.round(taught / held.length),
      accuracy: right / photos,
      loss: loss / photos,
    })
  }
  const all = judge(head.outOfFoldLogits, labels, classes)
  points.push({
    photos: Math.round((photos * (held.length - 1)) / Math.max(1, held.length)),
    accuracy: all.right.filter(Boolean).length / Math.max(1, photos),
    loss: Array.from(all.loss).reduce((sum, each) => sum + each, 0) / Math.max(1, photos),
  })
  return { points, more: extrapolated(points, photos) }
}

/** For each photo its rank among the groups of its class, from 0 to below 1, in a seeded order: those below
 *  a share are that share of every class, and groups stay whole. */
function rankWithinClass({ labels, groups, seed }: CurveInput): number[] {
  const ranks = new Array<number>(labels.length)
  const rankOfGroup = new Map<string, number>()
  for (const label of new Set(labels)) {
    const members = labels.flatMap((other, i) => (other === label ? [i] : []))
    seededRandom('learning-curve', seed, label)
      .shuffled(members)
      .forEach((i, rank) => {
        const group = groups[i]!
        ranks[i] = rankOfGroup.get(group) ?? rank / members.length
        rankOfGroup.set(group, ranks[i]!)
      })
  }
  return ranks
}

/** What half as many photos again would add, rounded to one digit; null where the curve does not fall. */
export function extrapolated(
  points: LearningCurve['points'],
  photos: number,
): LearningCurve['more'] {
  const falling = points.filter(({ accuracy }) => accuracy < 1)
  if (falling.length < 3) return null
  const x = falling.map((point) => Math.log(point.photos))
  const y = falling.map(({ accuracy }) => Math.log(1 - accuracy))
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length
  const [mx, my] = [mean(x), mean(y)]
  const spread = x.reduce((sum, each) => sum + (each - mx) ** 2, 0)
  const slope = x.reduce((sum, each, i) => sum + (each - mx) * (y[i]! - my), 0) / spread
  if (!(slope < 0)) return null
  const error = (count: number) => Math.min(1, Math.exp(my + slope * (Math.log(count) - mx)))
  const more = oneDigit(photos / 2)
  return { photos: more, gain: error(photos) - error(photos + more) }
}

function oneDigit(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))))
  return Math.max(1, Math.round(count / unit) * unit)
}
