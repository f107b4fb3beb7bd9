// What a run's events add up to, told from all of them at once rather than event by event: slow, and
// written after the definitions, so that shared/runState.ts can be held against it.
import type { EventOf, RunEvent } from '../../shared/runEvents'
import { nextStatus, type RunState, type RunStatus } from '../../shared/runState'

export function naiveState(events: readonly RunEvent[]) {
  const sorted = [...new Map(events.map((event) => [event.sequence, event])).values()].sort(
    (a, b) => a.sequence - b.sequence,
  )
  const kept = withoutDiscarded(sorted)
  const of = <T extends RunEvent['type']>(type: T) =>
    kept.filter((event): event is EventOf<T> => event.type === type)
  const secondsAt = secondsFrom(sorted, kept)
  const status = kept.reduce<RunStatus>(nextStatus, 'preparing')
  const epochs = of('epoch').map((event) => ({ ...event, secondsSoFar: secondsAt(event.time) }))
  return {
    runId: kept[0]?.runId ?? '',
    status,
    lastSequence: kept.at(-1)?.sequence ?? -1,
    lastTime: kept.at(-1)?.time ?? 0,
    starts: of('started').length,
    started: of('started').at(-1) ?? null,
    phase: of('phase').at(-1) ?? null,
    legs: of('leg'),
    steps: of('step').map(
      ({ sequence, time, step, epoch, loss, accuracy, learningRate, imagesPerSecond }) => ({
        ...{ sequence, time, step, epoch, loss, accuracy, learningRate, imagesPerSecond },
        seconds: secondsAt(time),
      }),
    ),
    epochs,
    best: epochs.filter(({ best }) => best).at(-1) ?? null,
    penalties: of('penalty'),
    learningCurve: of('learningCurve').at(-1) ?? null,
    candidates: of('candidate'),
    warnings: of('warning'),
    finished: of('finished').at(-1) ?? null,
    failure: of('failed').at(-1) ?? null,
    rest: status === 'paused' ? (of('paused').at(-1) ?? null) : null,
  }
}

/** As naiveState gives it; the time computed until now has its own tests. */
export function comparable({ computed: _computed, steps, ...state }: RunState) {
  return { ...state, steps: steps.toRows() }
}

function withoutDiscarded(sorted: readonly RunEvent[]): readonly RunEvent[] {
  let kept: RunEvent[] = []
  for (const event of sorted) {
    if (event.type === 'started' && kept.length) kept = keptFrom(kept, event.from)
    kept.push(event)
  }
  return kept
}

const ends = new Set<RunEvent['type']>(['finished', 'failed'])
const solvedAnew = new Set<RunEvent['type']>(['penalty', 'learningCurve', 'candidate'])
const isProgress = ({ type }: RunEvent) => type === 'step' || type === 'epoch'

function keptFrom(events: readonly RunEvent[], from: number): RunEvent[] {
  const within = events.filter(
    (event) => !(event.type === 'step' || event.type === 'epoch') || event.epoch <= from + 1e-9,
  )
  const reached = within.filter(isProgress).at(-1)?.sequence ?? -1
  return within.filter(
    ({ type, sequence }) =>
      !solvedAnew.has(type) && !ends.has(type) && !(type === 'leg' && sequence > reached),
  )
}

/** Time since the first event without what is idle: while it is paused or has ended, and from the last
 *  progress that was kept to the start that repeats what came after it. */
function secondsFrom(
  sorted: readonly RunEvent[],
  kept: readonly RunEvent[],
): (time: number) => number {
  const began = kept[0]?.time ?? 0
  const idle: { from: number; to: number }[] = []
  let reached = began
  kept.forEach((event, i) => {
    if (event.type === 'started' && i > 0) idle.push({ from: reached, to: event.time })
    if (isProgress(event)) reached = event.time
  })
  let status: RunStatus = 'preparing'
  sorted.forEach((event, i) => {
    status = nextStatus(status, event)
    if (status !== 'preparing' && status !== 'running')
      idle.push({ from: event.time, to: sorted[i + 1]?.time ?? Infinity })
  })
  return (end) => {
    let computed = 0
    for (let time = began; time < end; time += halfSecond)
      if (!idle.some(({ from, to }) => time >= from && time < to)) computed += halfSecond
    return computed / 1000
  }
}

/** In ms; times of events are whole half seconds in these tests. */
const halfSecond = 500
