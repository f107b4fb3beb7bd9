// Corrects the predictions of later runs by a finished run: the time of each leg against its plan, by
// kind of work.
import type { EventOf, RunEvent } from '../../../shared/runEvents'
import type { RunPlan } from '../../../shared/runPlan'
import { kindsOf, type Costs } from './predict'

export interface Observation {
  readonly kind: string
  /** Seconds taken / seconds predicted. */
  readonly ratio: number
}
/** Below these the measured times are mostly noise. */
const minSeconds = 0.3
const minEpochs = 3

/** `events`: all of a run that was never interrupted. None of a run that was paused. */
export function observationsOf(plan: RunPlan, events: readonly RunEvent[]): Observation[] {
  if (events.some((event) => event.type === 'paused')) return []
  return plan.legs.flatMap((leg, i) => {
    const kinds = kindsOf(plan.architecture, leg.trains[0]!, leg.cachedAfter !== null)
    const features = leg.secondsFeatures ?? 0
    const solved = timesOfSolving(events)
    if (solved)
      return [
        ...observed(kinds.solving, solved.solving, leg.secondsPerEpoch),
        ...(solved.features >= minSeconds
          ? observed(kinds.features, solved.features, features)
          : []),
      ]
    const own = timesOfLeg(events, i + 1)
    if (!own) return []
    const opening = leg.secondsBefore === null ? 0 : leg.secondsBefore - features
    return [
      ...(own.epochs >= minEpochs ? observed(kinds.epoch, own.epoch, leg.secondsPerEpoch) : []),
      ...(own.features >= minSeconds ? observed(kinds.features, own.features, features) : []),
      ...(own.opening >= minSeconds ? observed(kinds.opening, own.opening, opening) : []),
    ]
  })
}

const observed = (kind: string, taken: number, predicted: number | null): Observation[] =>
  predicted ? [{ kind, ratio: taken / predicted }] : []

/** `costs` are those that the plan was made with. What was predicted had their correction in it; a
 *  correction that an earlier leg has changed since does not count. */
export async function learnFromRun(
  plan: RunPlan,
  events: readonly RunEvent[],
  { correction, correct }: Pick<Costs, 'correction' | 'correct'>,
): Promise<void> {
  const taken = observationsOf(plan, events).map(({ kind, ratio }) => ({
    kind,
    taken: ratio * correction(kind),
  }))
  for (const each of taken) await correct(each.kind, each.taken)
}

/** Seconds of a usual epoch of a leg; and before its first epoch, of computing features and of all else.
 *  Null if no epoch of it was finished. */
function timesOfLeg(events: readonly RunEvent[], number: number) {
  const from = events.findIndex((event) => event.type === 'leg' && event.leg === number)
  if (from < 0) return null
  const rest = events.slice(from + 1)
  const end = rest.findIndex((event) => event.type === 'leg')
  const own = rest.slice(0, end < 0 ? rest.length : end)
  const epochs = own.filter((event): event is EventOf<'epoch'> => event.type === 'epoch')
  if (!epochs[0]) return null
  const epoch = median(epochs.map(({ seconds }) => seconds))
  const features = secondsOfFeatures(own)
  const before = (epochs[0].time - events[from]!.time) / 1000 - epoch
  return { epochs: epochs.length, epoch, features, opening: before - features }
}

/** Seconds of computing features and of solving the head; null of a run that has epochs. */
function timesOfSolving(events: readonly RunEvent[]) {
  if (events.some(({ type }) => type === 'epoch')) return null
  const solving = events.filter(({ type }) => type === 'penalty' || type === 'learningCurve')
  const begin = events.find((event) => event.type === 'phase' && event.phase === 'training')
  const end = solving[solving.length - 1]
  if (!begin || !end) return null
  return { features: secondsOfFeatures(events), solving: (end.time - begin.time) / 1000 }
}

function secondsOfFeatures(events: readonly RunEvent[]) {
  const filled = events.filter((event) => event.type === 'phase' && event.phase === 'features')
  return filled.length ? (filled[filled.length - 1]!.time - filled[0]!.time) / 1000 : 0
}

function median(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
