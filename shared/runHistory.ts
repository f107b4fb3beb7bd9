// A run's events, in whatever order they arrive, and what they add up to. What must stay true: `state`
// is reduceRun of every event so far, and an event that arrives in order is only added to it.
import type { RunEvent } from './runEvents'
import { addEvent, emptyRun, inOrder, reduceRun, type RunState } from './runState'

export class RunHistory {
  /** In order, without repeats. */
  private events: RunEvent[] = []
  private current: RunState = emptyRun()

  /** Another object whenever something was added. Its lists grow in place rather than being copied, so
   *  the lists of an older state also contain newer events. */
  get state(): RunState {
    return this.current
  }

  /** Takes events in any order and with repeats; false when all of them were known. */
  add(news: readonly RunEvent[]): boolean {
    const fresh = inOrder(news.filter(({ sequence }) => !this.has(sequence)))
    if (fresh.length === 0) return false
    const follows = fresh[0]!.sequence > this.current.lastSequence
    for (const event of fresh) this.events.push(event)
    if (follows) {
      const next = { ...this.current } as ReturnType<typeof emptyRun>
      for (const event of fresh) addEvent(next, event)
      this.current = next
    } else {
      this.events = [...inOrder(this.events)]
      this.current = reduceRun(this.events)
    }
    return true
  }

  /** Newer events at once, older ones by binary search. */
  private has(sequence: number): boolean {
    if (sequence > this.current.lastSequence) return false
    let [low, high] = [0, this.events.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.events[middle]!.sequence < sequence) low = middle + 1
      else high = middle
    }
    return this.events[low]?.sequence === sequence
  }
}
