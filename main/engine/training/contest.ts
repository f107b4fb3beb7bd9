// Candidates, ways to train, judged in turn on the same photos, which taught none of them: the next one
// replaces the one kept before where it gains more than one standard error of the paired differences.
import type { Candidate, Figure } from '../../../shared/figure'
import type { Stage } from '../../../shared/network'
import type { RunNews } from '../../../shared/runEvents'
import { crossFittedFigure } from '../../../shared/statistics/figures'
import { meanAndError, type MeanAndError } from '../../../shared/statistics/meanAndError'
import { scoreOf, type Score } from '../../../shared/statistics/score'
import type { HeadOnViews } from '../heads/solveHead'
import type { WeightsState } from './weightsState'

export interface Contender {
  readonly name: Candidate['name']
  readonly trains: readonly Stage[]
  /** [photos, classes]: what it says of the photos. */
  readonly logits: Float32Array
  /** Of the stages below the head. */
  readonly weights: WeightsState
  readonly head: HeadOnViews
  /** Whether the head was tuned with the stages below it, and not solved above them. */
  readonly headTuned: boolean
}

export interface ContestPhotos {
  readonly labels: readonly number[]
  readonly classes: number
  /** Every class counts the same. */
  readonly balanced: boolean
}

export class Contest {
  private readonly scores: Score[] = []
  private best: { readonly contender: Contender; readonly score: Score } | null = null

  constructor(private readonly photos: ContestPhotos) {}

  /** The contender that is kept; there must be one. */
  get kept(): Contender {
    return this.best!.contender
  }

  /** Judges it; the first is kept in any case. */
  enter(contender: Contender): RunNews {
    const { labels, balanced } = this.photos
    const score = scoreOf({ ...this.photos, logits: contender.logits })
    const gain = this.best ? pairedGain(score.right, this.best.score.right, this.photos) : null
    const kept = gain === null || gain.mean > gain.error
    this.scores.push(score)
    if (kept) this.best = { contender, score }
    return {
      type: 'candidate',
      name: contender.name,
      trains: [...contender.trains],
      photos: labels.length,
      accuracy: balanced ? score.balancedAccuracy : score.accuracy,
      gain: gain && gain.mean,
      gainError: gain && gain.error,
      kept,
    }
  }

  /** Whether these answers are worse than those kept by more than two standard errors. */
  isFarBehind(right: readonly boolean[]): boolean {
    const { mean, error } = pairedGain(right, this.best!.score.right, this.photos)
    return mean < -2 * error
  }

  /** Of the kept one: each photo is judged by the contender that the other photos choose. */
  figure(): Figure | null {
    return crossFittedFigure(this.scores, this.photos)
  }
}

/** Mean difference of right answers, and its standard error. */
function pairedGain(
  right: readonly boolean[],
  before: readonly boolean[],
  { labels, balanced }: Pick<ContestPhotos, 'labels' | 'balanced'>,
): MeanAndError {
  const count = new Map<number, number>()
  for (const label of labels) count.set(label, (count.get(label) ?? 0) + 1)
  const weight = (label: number) =>
    balanced ? labels.length / (count.size * count.get(label)!) : 1
  const gains = right.map((now, i) => weight(labels[i]!) * (Number(now) - Number(before[i])))
  return meanAndError(gains)
}
