// Which of several runs to keep, such as one for each depth: accuracy against what a run costs. Pure;
// reasons are keys, their texts are in renderer/locales. What must stay true: the recommended run lies
// on the front, and no run within one standard error of the best is cheaper.
import type { RunSummary } from './runList'

export type AdvisedRun = Pick<
  RunSummary,
  'runId' | 'bestValAccuracy' | 'valPhotos' | 'seconds' | 'modelBytes'
>

export interface Advice {
  /** Null: no run has an accuracy. */
  readonly recommended: string | null
  /** `bestAndCheapest`: none is more accurate, and none as accurate is cheaper; `withinNoise`: those
   *  that are more accurate are so by less than one standard error; `onlyOne`: there is no choice. */
  readonly reason: 'bestAndCheapest' | 'withinNoise' | 'onlyOne'
  /** Runs that no other beats in accuracy, seconds and megabytes together; best accuracy first. */
  readonly front: readonly string[]
  /** One standard error of each run's accuracy, as a share. */
  readonly uncertainty: Readonly<Record<string, number>>
}

/** Breiman et al. 1984, section 3.4.3: the cheapest whose accuracy is within one standard error of the
 *  best. Cost is the product of seconds and bytes, so that a factor counts the same in either. */
export function advise(runs: readonly AdvisedRun[]): Advice {
  const uncertainty = Object.fromEntries(runs.map((run) => [run.runId, standardError(run)]))
  const judged = runs.filter(isJudged).sort(byMerit)
  const [best] = judged
  const front = judged.filter((run) => !judged.some((other) => beats(other, run)))
  if (!best) return { recommended: null, reason: 'onlyOne', front: [], uncertainty }
  const enough = best.bestValAccuracy - uncertainty[best.runId]!
  const [recommended = best] = judged
    .filter(({ bestValAccuracy }) => bestValAccuracy >= enough)
    .sort((a, b) => costOf(a) - costOf(b) || byMerit(a, b))
  return {
    recommended: recommended.runId,
    reason: reasonFor(recommended, judged),
    front: front.map(({ runId }) => runId),
    uncertainty,
  }
}

/** Of a share of `valPhotos` that was counted: the binomial's with half a photo added on either side
 *  (Agresti and Coull 1998 at one standard error), for twenty right of twenty is not certainty. */
export function standardError({ bestValAccuracy, valPhotos }: AdvisedRun): number {
  const share = ((bestValAccuracy ?? 0) * valPhotos + 0.5) / (valPhotos + 1)
  return Math.sqrt((share * (1 - share)) / (valPhotos + 1))
}

type JudgedRun = AdvisedRun & { readonly bestValAccuracy: number }
const isJudged = (run: AdvisedRun): run is JudgedRun => run.bestValAccuracy !== null

/** In the logarithm; what took no time or space counts as the least there is. */
const costOf = ({ seconds, modelBytes }: JudgedRun) =>
  Math.log(Math.max(seconds, 1e-3)) + Math.log(Math.max(modelBytes, 1))

const byMerit = (a: JudgedRun, b: JudgedRun) =>
  b.bestValAccuracy - a.bestValAccuracy ||
  costOf(a) - costOf(b) ||
  a.seconds - b.seconds ||
  a.modelBytes - b.modelBytes ||
  (a.runId < b.runId ? -1 : 1)

function beats(one: JudgedRun, other: JudgedRun): boolean {
  const gains = [
    one.bestValAccuracy - other.bestValAccuracy,
    other.seconds - one.seconds,
    other.modelBytes - one.modelBytes,
  ]
  return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0)
}

function reasonFor(recommended: JudgedRun, judged: readonly JudgedRun[]): Advice['reason'] {
  if (judged.length === 1) return 'onlyOne'
  const isBest = judged.every((run) => run.bestValAccuracy <= recommended.bestValAccuracy)
  return isBest ? 'bestAndCheapest' : 'withinNoise'
}
