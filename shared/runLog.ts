// A run's events as they come, and what they add up to. What must stay true: `state` is reduceRun of
// every event so far, but an event that comes in order costs the same after ten steps as after a
// hundred thousand.
import { addPause, nextStatus, reduceRun, type Break, type RunEvent, type RunState } from './run'

type Growing<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

export class RunLog {
  /** In order, without repeats. */
  private events: RunEvent[] = []
  private now: RunState = reduceRun([])

  /** Another object whenever something was added. Its lists grow in place rather than be copied: an
   *  older state's lists show the newer events too. */
  get state(): RunState {
    return this.now
  }

  /** Takes events in any order and with repeats; false when all of them were known. */
  add(news: readonly RunEvent[]): boolean {
    const fresh = this.unknown(news)
    if (fresh.length === 0) return false
    const inOrder = fresh[0]!.sequence > (this.events[this.events.length - 1]?.sequence ?? -1)
    for (const event of fresh) this.events.push(event)
    if (inOrder && this.events.length > fresh.length && !fresh.some(startsAgain)) this.extend(fresh)
    else {
      this.events.sort((a, b) => a.sequence - b.sequence)
      this.now = reduceRun(this.events)
    }
    return true
  }

  private unknown(news: readonly RunEvent[]): RunEvent[] {
    const bySequence = new Map(
      news.filter(({ sequence }) => !this.knows(sequence)).map((event) => [event.sequence, event]),
    )
    return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence)
  }

  private knows(sequence: number): boolean {
    let [low, high] = [0, this.events.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.events[middle]!.sequence < sequence) low = middle + 1
      else high = middle
    }
    return this.events[low]?.sequence === sequence
  }

  private extend(news: readonly RunEvent[]) {
    const next: Growing<RunState> = { ...(this.now as Growing<RunState>) }
    for (const event of news) {
      next.status = nextStatus(next.status, event)
      next.lastSequence = event.sequence
      addPause(next.breaks as Break[], event)
      addTo(next, event)
      if (event.type === 'paused') next.rest = event
      if (next.status !== 'paused') next.rest = null
    }
    this.now = next
  }
}

/** Takes back what was told, so everything is added up anew. */
const startsAgain = ({ type }: RunEvent) => type === 'started'

function addTo(state: Growing<RunState>, event: RunEvent) {
  switch (event.type) {
    case 'step':
      state.steps.push(event)
      break
    case 'epoch':
      state.epochs.push(event)
      if (event.best) state.best = event
      break
    case 'phase':
      state.phase = event
      break
    case 'leg':
      state.legs.push(event)
      break
    case 'warning':
      state.warnings.push(event)
      break
    case 'finished':
      state.finished = event
      break
    case 'failed':
      state.failure = event
      break
    case 'started':
    case 'paused':
    case 'resumed':
    case 'stopped':
      break
  }
}
