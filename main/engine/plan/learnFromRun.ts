// What a finished run teaches about the next: each part's time against its plan, by kind of work.
import type { EventOf, RunEvent } from '../../../shared/runEvents'
import type { RunPlan } from '../../../shared/runPlan'
import { kindsOf, type Costs } from './predict'

export interface Observation {
  readonly kind: string
  /** What it took, as a multiple of what was foretold. */
  readonly ratio: number
}
/** Shorter work and fewer epochs are mostly chance. */
const leastSeconds = 0.3
const fewestEpochs = 3

/** A run that was paused says nothing; `events` are those of one that was never cut off. */
export function observationsOf(plan: RunPlan, events: readonly RunEvent[]): Observation[] {
  if (events.some((event) => event.type === 'paused')) return []
  return plan.legs.flatMap(({ trains, cachedAfter, secondsBefore, secondsPerEpoch }, i) => {
    const own = legOf(events, i + 1)
    if (!own) return []
    const kinds = kindsOf(plan.architecture, trains[0]!, cachedAfter !== null)
    return [
      ...(own.seconds.length >= fewestEpochs && secondsPerEpoch
        ? [{ kind: kinds.epoch, ratio: middle(own.seconds) / secondsPerEpoch }]
        : []),
      ...(own.before >= leastSeconds && secondsBefore
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

/** Seconds of a leg's epochs, and from its beginning to its first epoch, whose steps also prepare the
 *  graph; null: it was not reached. */
function legOf(events: readonly RunEvent[], number: number) {
  const from = events.findIndex((event) => event.type === 'leg' && event.leg === number)
  if (from < 0) return null
  const rest = events.slice(from + 1)
  const end = rest.findIndex((event) => event.type === 'leg')
  const own = rest
    .slice(0, end < 0 ? rest.length : end)
    .filter((event): event is EventOf<'epoch'> => event.type === 'epoch')
  if (!own[0]) return null
  const seconds = own.map((event) => event.seconds)
  return { seconds, before: (own[0].time - events[from]!.time) / 1000 - middle(seconds) }
}

function middle(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
