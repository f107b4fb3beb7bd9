// What "frozen" means on the screen: the list in a RunConfig (null: everything but the head), the
// handle "frozen up to here", and one stage's switch. The head always trains. Pure.
import type { NetworkPicture, Stage } from '../../shared/network'
import type { RunConfig } from '../../shared/runConfig'
import type { RunPlan } from '../../shared/runPlan'

/** The frozen stages of this network, in order. */
export function frozenStages(frozen: readonly Stage[] | null, present: readonly Stage[]): Stage[] {
  return present.filter((stage) => stage !== 'head' && (frozen === null || frozen.includes(stage)))
}

/** How many leading stages are frozen: where the handle stands. */
export function frozenPrefix(frozen: readonly Stage[] | null, present: readonly Stage[]): number {
  const held = frozenStages(frozen, present)
  const first = present.findIndex((stage) => !held.includes(stage))
  return first === -1 ? held.length : first
}

/** Freezes exactly the first `count` stages; the head stays out of it. */
export function freezeUpTo(count: number, present: readonly Stage[]): Stage[] {
  return present.slice(0, Math.max(0, count)).filter((stage) => stage !== 'head')
}

export function toggleFrozen(
  stage: Stage,
  frozen: readonly Stage[] | null,
  present: readonly Stage[],
): Stage[] {
  const held = frozenStages(frozen, present)
  if (stage === 'head') return held
  return held.includes(stage)
    ? held.filter((other) => other !== stage)
    : present.filter((other) => other === stage || held.includes(other))
}

/** Parameters that learn, counted from the picture: known before there are any photos. */
export function trainableParameters(picture: NetworkPicture, frozen: readonly Stage[]): number {
  return picture.stages.reduce(
    (sum, stage) => sum + (frozen.includes(stage.stage) ? 0 : stage.parameters),
    0,
  )
}

/** The learning-rate multiplier of a stage that trains. From a random start every stage learns at the full
 *  rate. */
export const multiplierOf = (
  stage: Stage,
  { multipliers, weights }: Pick<RunConfig, 'multipliers'> & Partial<Pick<RunConfig, 'weights'>>,
): number => multipliers[stage] ?? (stage === 'head' || weights === null ? 1 : 0.1)

/** Whether a plan is for these trained stages: one that is still to come is not. */
export const isPlanOf = (plan: RunPlan | null, trains: readonly Stage[]): plan is RunPlan =>
  plan !== null && plan.trains.join() === trains.join()

/** Whether a stage's output is computed once: it lies at or before the plan's cached stage. Without
 *  a plan (no photos yet), the leading frozen stages are. */
export function isCached(
  stage: Stage,
  options: {
    readonly plan: RunPlan | null
    readonly present: readonly Stage[]
    readonly prefix: number
  },
): boolean {
  const index = options.present.indexOf(stage)
  if (!options.plan) return index < options.prefix
  return (
    options.plan.cachedAfter !== null && index <= options.present.indexOf(options.plan.cachedAfter)
  )
}
