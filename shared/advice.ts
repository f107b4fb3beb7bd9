// Which of several runs to keep, such as one for each depth: accuracy against what a run costs. Pure;
// reasons are keys, their texts are in renderer/locales. What must stay true: the recommended run lies
// on the front, and no run as good as the best within the noise is cheaper.
import type { RunPair } from './pairedRuns'
import type { RunSummary } from './runList'

export type AdvisedRun = Pick<
  RunSummary,
  | 'runId'
  | 'figure'
  | 'bestValAccuracy'
  | 'valPhotos'
  | 'seconds'
  | 'secondsUncached'
  | 'modelBytes'
>

export interface Advice {
  /** Null: no run has an accuracy. */
  readonly recommended: string | null
  /** `bestAndCheapest`: none is more accurate, and none as accurate is cheaper; `withinNoise`: those
   *  that are more accurate are so by less than one standard error; `onlyOne`: there is no choice. */
  readonly reason: 'bestAndCheapest' | 'withinNoise' | 'onlyOne'
  /** Runs that no other beats in accuracy, seconds and megabytes together; best accuracy first. */
  readonly front: readonly string[]
  /** By run, where it has an accuracy. */
  readonly accuracy: Readonly<Record<string, number>>
  /** One standard error of each run's accuracy, as a share. */
  readonly uncertainty: Readonly<Record<string, number>>
  /** What each run costs: its seconds where no features are cached, for whichever run comes first fills the
   *  cache for the others. Where that is not known of some run, the seconds that each took. */
  readonly seconds: Readonly<Record<string, number>>
}

/** Breiman et al. 1984, section 3.4.3: the cheapest whose accuracy is within one standard error of the
 *  best. The error is that of the difference on the photos that both judged, where `pairs` has it. Cost is
 *  the product of seconds and bytes, so that a factor counts the same in either. */
export function advise(runs: readonly AdvisedRun[], pairs: readonly RunPair[] = []): Advice {
  const judged = judgedRuns(runs).sort(byMerit)
  const shown = <K extends 'accuracy' | 'uncertainty' | 'seconds'>(name: K) =>
    Object.fromEntries(judged.map((run) => [run.runId, run[name]]))
  const known = {
    accuracy: shown('accuracy'),
    uncertainty: shown('uncertainty'),
    seconds: shown('seconds'),
  }
  const [best] = judged
  if (!best) return { recommended: null, reason: 'onlyOne', front: [], ...known }
  const front = judged.filter((run) => !judged.some((other) => beats(other, run)))
  const [recommended = best] = judged
    .filter((run) => isAsGood(run, best, pairs))
    .sort((a, b) => costOf(a) - costOf(b) || byMerit(a, b))
  return {
    recommended: recommended.runId,
    reason: reasonFor(recommended, judged),
    front: front.map(({ runId }) => runId),
    ...known,
  }
}

interface JudgedRun extends Pick<AdvisedRun, 'runId' | 'modelBytes'> {
  readonly accuracy: number
  readonly uncertainty: number
  readonly seconds: number
}

function judgedRuns(runs: readonly AdvisedRun[]): JudgedRun[] {
  const isKnown = runs.every(({ secondsUncached }) => secondsUncached !== null)
  return runs.flatMap((run) => {
    const accuracy = run.figure?.accuracy ?? run.bestValAccuracy
    const photos = run.figure?.photos ?? run.valPhotos
    return accuracy === null
      ? []
      : [
          {
            runId: run.runId,
            modelBytes: run.modelBytes,
            accuracy,
            uncertainty: standardError(accuracy, photos),
            seconds: isKnown ? run.secondsUncached! : run.seconds,
          },
        ]
  })
}

/** Of a share of photos that was counted: the binomial's with half a photo added on either side (Agresti
 *  and Coull 1998 at one standard error), for twenty right of twenty is not certainty. */
export function standardError(accuracy: number, photos: number): number {
  const share = (accuracy * photos + 0.5) / (photos + 1)
  return Math.sqrt((share * (1 - share)) / (photos + 1))
}

/** Worse than the best by no more than one standard error. */
function isAsGood(run: JudgedRun, best: JudgedRun, pairs: readonly RunPair[]): boolean {
  if (run === best) return true
  const pair = pairs.find(
    ({ first, second, photos }) =>
      photos > 0 &&
      ((first === best.runId && second === run.runId) ||
        (first === run.runId && second === best.runId)),
  )
  if (!pair) return run.accuracy >= best.accuracy - best.uncertainty
  const sign = pair.first === best.runId ? 1 : -1
  const difference = sign * (pair.onlyFirst - pair.onlySecond)
  // In photos; one is added as above, since no photo that differs is not certainty either.
  const variance = pair.onlyFirst + pair.onlySecond + 1 - difference ** 2 / pair.photos
  return difference <= Math.sqrt(Math.max(0, variance))
}

/** In the logarithm; what took no time or space counts as the least there is. */
const costOf = ({ seconds, modelBytes }: JudgedRun) =>
  Math.log(Math.max(seconds, 1e-3)) + Math.log(Math.max(modelBytes, 1))

const byMerit = (a: JudgedRun, b: JudgedRun) =>
  b.accuracy - a.accuracy ||
  costOf(a) - costOf(b) ||
  a.seconds - b.seconds ||
  a.modelBytes - b.modelBytes ||
  (a.runId < b.runId ? -1 : 1)

function beats(one: JudgedRun, other: JudgedRun): boolean {
  const gains = [
    one.accuracy - other.accuracy,
    other.seconds - one.seconds,
    other.modelBytes - one.modelBytes,
  ]
  return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0)
}

function reasonFor(recommended: JudgedRun, judged: readonly JudgedRun[]): Advice['reason'] {
  if (judged.length === 1) return 'onlyOne'
  const isBest = judged.every((run) => run.accuracy <= recommended.accuracy)
  return isBest ? 'bestAndCheapest' : 'withinNoise'
}
