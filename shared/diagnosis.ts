// What a run's curves say about it, as data; the texts are in renderer/locales. What must stay true:
// curves are noisy, so nothing is reported that the noise of a good run could cause; where one problem
// explains another, only the cause is reported. The thresholds are our own choices, held by tests: about
// a tenth of a change that one would see, and three times the noise.
import type { EventOf } from './runEvents'
import type { Stage } from './network'
import type { RunState } from './runState'
import { decodeJudgement } from './statistics/judgementCode'

export type Finding =
  /** The loss became NaN or infinite; `rate` is a tenth of what was used. */
  | { readonly code: 'diverged'; readonly epoch: number; readonly rate: number | null }
  | { readonly code: 'rateTooHigh'; readonly epoch: number; readonly rate: number | null }
  | { readonly code: 'rateTooLow'; readonly rate: number | null }
  /** `epoch` is the last one before validation got worse. */
  | { readonly code: 'overfitting'; readonly epoch: number }
  /** A later part of the run was never better than the part before and ended worse, by more than the noise of
   *  the validation photos. `stages` began to train in it; `epoch` is its first. */
  | {
      readonly code: 'legMadeWorse'
      readonly leg: number
      readonly epoch: number
      readonly stages: readonly Stage[]
    }
  | { readonly code: 'neverPredicted'; readonly name: string; readonly epoch: number }
  /** Still improving at the end; `epochs` is a number to try. */
  | { readonly code: 'unfinished'; readonly epochs: number }

/** How many epochs are compared at each end of a curve. */
const few = 3

/** Reads a run's curves. `validation` is the number of validation photos of each class, where known: a
 *  class without any is rightly never predicted. */
export function diagnose(
  state: RunState,
  validation: ReadonlyMap<string, number> = new Map(),
): readonly Finding[] {
  const rate = highestRate(state)
  if (state.failure?.code === 'run-diverged' || brokeDown(state)) {
    const epoch = Number(state.failure?.details?.['epoch'] ?? state.epochs.length + 1)
    return [{ code: 'diverged', epoch, rate: rate && rate / 10 }]
  }
  const high = tooHigh(state)
  const worse = legMadeWorse(state)
  const findings: (Finding | null)[] = [
    high === null ? null : { code: 'rateTooHigh', epoch: high, rate: rate && rate / 10 },
    high === null && tooLow(state) ? { code: 'rateTooLow', rate: rate && rate * 10 } : null,
    worse ?? overfitting(state),
    ...neverPredicted(state, validation),
  ]
  const found = findings.filter((finding): finding is Finding => finding !== null)
  const settled = found.some(({ code }) => code !== 'neverPredicted')
  return settled || !unfinished(state)
    ? found
    : [...found, { code: 'unfinished', epochs: 2 * state.epochs.length }]
}

function highestRate(state: RunState): number | null {
  let highest = 0
  for (const rate of state.steps.column('learningRate')) highest = Math.max(highest, rate)
  return highest > 0 ? highest : null
}

const brokeDown = ({ steps }: RunState) => !Number.isFinite(steps.at(-1)?.loss ?? 0)

/** The loss of guessing all classes with equal probability. */
const guessing = ({ started }: RunState) => Math.log(Math.max(2, started?.classes.length ?? 2))

/** The first epoch in which the loss jumped, if it keeps jumping, or the last one, if the run ends worse
 *  than guessing; else null. The loss may jump where a leg begins. */
function tooHigh(state: RunState): number | null {
  const { epochs } = state
  const losses = epochs.map(({ trainLoss }) => trainLoss)
  if (losses.length < few) return null
  const jump = 0.25 * Math.max(losses[0]!, guessing(state))
  const jumps = epochs.filter(
    (epoch, i) =>
      i > 0 && losses[i]! - losses[i - 1]! > jump && !beginsLeg(state, epochs[i - 1]!, epoch),
  )
  if (jumps.length >= Math.max(2, (losses.length - 1) / 5)) return jumps[0]!.epoch
  const end = median(losses.slice(-few))
  return end > 1.5 * guessing(state) && end > losses[0]! ? epochs[epochs.length - 1]!.epoch : null
}

const beginsLeg = (state: RunState, before: EventOf<'epoch'>, epoch: EventOf<'epoch'>) =>
  state.legs.some(({ sequence }) => sequence > before.sequence && sequence < epoch.sequence)

/** Hardly anything learnt: the loss is still near guessing and less than a tenth below the first. */
function tooLow(state: RunState): boolean {
  const losses = state.epochs.map(({ trainLoss }) => trainLoss)
  const planned = state.started?.plan.epochs || state.started?.config.epochs || 0
  if (losses.length < Math.max(few, Math.min(10, planned / 4))) return false
  const end = mean(losses.slice(-few))
  return end > 0.7 * guessing(state) && losses[0]! - end < 0.1 * losses[0]!
}

/** Validation has been getting worse for several epochs while training got better. */
function overfitting(state: RunState): Finding | null {
  const train = state.epochs.map(({ trainLoss }) => trainLoss)
  const val = state.epochs.map(({ valLoss }) => valLoss)
  const best = val.indexOf(Math.min(...val))
  const since = val.slice(best + 1)
  if (best < 0 || since.length < few + 1) return null
  const around = (values: readonly number[]) => mean(values.slice(Math.max(0, best - 1), best + 2))
  const rise = mean(val.slice(-few)) - around(val)
  const least = Math.max(0.1 * around(val), 0.02 * guessing(state), 3 * noise(val))
  const learnt = mean(train.slice(-few)) < 0.9 * around(train)
  return rise > least && rising(since) && learnt
    ? { code: 'overfitting', epoch: state.epochs[best]!.epoch }
    : null
}

/** The first leg that made it worse. Its last epochs against those of the leg before, photo by photo: no
 *  epoch is picked, so neither side is flattered. */
function legMadeWorse({ legs, epochs }: RunState): Finding | null {
  const parts = legs.map(({ sequence }, i) => {
    const end = legs[i + 1]?.sequence ?? Infinity
    return epochs.filter((epoch) => epoch.sequence > sequence && epoch.sequence < end)
  })
  for (const [i, part] of parts.entries()) {
    const before = parts[i - 1]
    if (!before || before.length < few || part.length < few) continue
    const merit = (list: typeof part) =>
      Math.max(...list.map((epoch) => epoch.valBalancedAccuracy ?? epoch.valAccuracy))
    if (merit(part) > merit(before) || !endedWorse(before.slice(-few), part.slice(-few))) continue
    const known = legs[i - 1]!.trains
    const { trains, leg } = legs[i]!
    const fresh = trains.filter((stage) => !known.includes(stage))
    const stages = fresh.length ? fresh : trains
    return { code: 'legMadeWorse', leg, epoch: part[0]!.epoch, stages }
  }
  return null
}

/** Fewer right answers, by more than two and a half standard errors of the paired differences: chance does
 *  as much in one of a hundred runs. */
function endedWorse(
  before: readonly EventOf<'epoch'>[],
  after: readonly EventOf<'epoch'>[],
): boolean {
  const [first, second] = [sharesRight(before), sharesRight(after)]
  if (!first || first.length !== second?.length) return false
  const losses = first.map((share, i) => share - second[i]!).filter((loss) => !Number.isNaN(loss))
  const lost = mean(losses)
  const squares = losses.reduce((sum, loss) => sum + (loss - lost) ** 2, 0)
  return lost > 2.5 * Math.sqrt(squares / Math.max(1, losses.length - 1) / losses.length)
}

/** For each judged photo the share of the epochs that were right about it, NaN where one could not read it;
 *  null where an epoch does not say. */
function sharesRight(epochs: readonly EventOf<'epoch'>[]): number[] | null {
  const judged = epochs.map((epoch) => decodeJudgement(epoch.judged, epoch.judged.length / 2))
  const [first] = judged
  if (!first?.right.length) return null
  if (judged.some((each) => each?.right.length !== first.right.length)) return null
  return first.right.map((_, i) =>
    mean(judged.map((each) => (Number.isNaN(each!.loss[i]) ? NaN : Number(each!.right[i])))),
  )
}

/** Classes that were predicted for no validation photo in the last epochs. */
function neverPredicted(state: RunState, validation: ReadonlyMap<string, number>): Finding[] {
  const last = state.epochs.slice(-few)
  const classes = state.started?.classes ?? []
  if (last.length < few) return []
  return classes.flatMap((name, index) => {
    const never = last.every(({ predicted }) => predicted[index] === 0)
    const could = (validation.get(name) ?? 1) > 0
    return never && could
      ? [{ code: 'neverPredicted' as const, name, epoch: last[last.length - 1]!.epoch }]
      : []
  })
}

/** The last quarter improved by as much as one would see, and by more than the noise. */
function unfinished(state: RunState): boolean {
  if (state.status !== 'finished' || state.finished?.early) return false
  const val = state.epochs.map(({ valLoss }) => valLoss)
  const quarter = Math.max(2, Math.round(val.length / 4))
  if (val.length < 2 * quarter) return false
  const [before, end] = [mean(val.slice(-2 * quarter, -quarter)), mean(val.slice(-quarter))]
  const least = Math.max(0.05 * before, 0.05 * guessing(state), 3 * noise(val))
  return before - end > least
}

/** Whether later values are mostly above earlier ones (Mann 1945: of all pairs, three quarters). */
function rising(values: readonly number[]): boolean {
  let [up, pairs] = [0, 0]
  for (const [i, early] of values.entries()) {
    for (const late of values.slice(i + 1)) {
      pairs++
      if (late > early) up++
    }
  }
  return pairs > 0 && up / pairs >= 0.75
}

/** The noise of a curve, from its second differences, in which a trend has no part (Gasser, Sroka
 *  and Jennen-Steinmetz 1986); the median keeps single outliers out. */
function noise(values: readonly number[]): number {
  const bends = values.slice(2).map((value, i) => Math.abs(value - 2 * values[i + 1]! + values[i]!))
  return bends.length ? (1.4826 * median(bends)) / Math.sqrt(6) : 0
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
