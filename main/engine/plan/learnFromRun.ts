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
  return plan.legs.flatMap(({ trains, cachedAfter, secondsBefore, secondsPerEpoch }, i) => {
    const own = timesOfLeg(events, i + 1)
    if (!own) return []
    const kinds = kindsOf(plan.architecture, trains[0]!, cachedAfter !== null)
    return [
      ...(own.seconds.length >= minEpochs && secondsPerEpoch
        ? [{ kind: kinds.epoch, ratio: median(own.seconds) / secondsPerEpoch }]
        : []),
      ...(own.before >= minSeconds && secondsBefore
        ? [{ kind: kinds.before, ratio: own.before / secondsBefore }]
        : []),
    ]
  })
}

export async function learnFromRun(
  plan: RunPlan,
  events: readonly RunEvent[],
  { correct }: Pick<Costs, 'correct'>,
): Promise<void> {
  for (const { kind, ratio } of observationsOf(plan, events)) await correct(kind, ratio)
}

/** Seconds of each epoch of a leg, and seconds from its start to its first epoch beyond those of a usual
 *  epoch; null if no epoch of it was finished. */
function timesOfLeg(events: readonly RunEvent[], number: number) {
  const from = events.findIndex((event) => event.type === 'leg' && event.leg === number)
  if (from < 0) return null
  const rest = events.slice(from + 1)
  const end = rest.findIndex((event) => event.type === 'leg')
  const own = rest
    .slice(0, end < 0 ? rest.length : end)
    .filter((event): event is EventOf<'epoch'> => event.type === 'epoch')
  if (!own[0]) return null
  const seconds = own.map((event) => event.seconds)
  return { seconds, before: (own[0].time - events[from]!.time) / 1000 - median(seconds) }
}

function median(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
