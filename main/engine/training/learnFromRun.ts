// What a finished run teaches about the next: each part's time against its plan, by kind of work.
import type { EventOf, RunEvent, RunPlan } from '../../../shared/run'
import { kindsOf, type Costs } from './predict'

export interface Observation {
  readonly kind: string
  /** What it took, as a multiple of what was foretold. */
  readonly ratio: number
}
/** Shorter work and fewer epochs are mostly chance. */
const leastSeconds = 1
const fewestEpochs = 3

/** A run that was paused or went on from a checkpoint says nothing. */
export function observationsOf(plan: RunPlan, events: readonly RunEvent[]): Observation[] {
  if (events.some((event) => event.type === 'paused')) return []
  let done = 0
  return plan.legs.flatMap(({ trains, cachedAfter, epochs, secondsBefore, secondsPerEpoch }) => {
    const own = legOf(events, { after: done, epochs })
    done += epochs
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

/** Seconds of a leg's epochs and from the end of the leg before to its first epoch, whose steps also
 *  prepare the graph; null: it was not reached. */
function legOf(events: readonly RunEvent[], leg: { after: number; epochs: number }) {
  const all = events.filter((event): event is EventOf<'epoch'> => event.type === 'epoch')
  const own = all.filter(({ epoch }) => epoch > leg.after && epoch <= leg.after + leg.epochs)
  const [first] = own
  if (!first) return null
  const begun = all.find(({ epoch }) => epoch === leg.after) ?? events[0]!
  const seconds = own.map((event) => event.seconds)
  return { seconds, before: (first.time - begun.time) / 1000 - middle(seconds) }
}

function middle(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
