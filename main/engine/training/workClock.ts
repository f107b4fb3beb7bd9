// Measures seconds of computing. Pauses do not count, and neither does the computer's sleep, which shows
// as one lap that takes far longer than any before it.
import type { RunControl } from './control'

/** A lap counts as sleep if it takes longer than both: seconds, and times the longest lap before. */
const [shortestSleep, sleepFactor] = [60, 20]

export class WorkClock {
  private last = performance.now()
  private waited: number
  private longest = 1

  constructor(private readonly control: Pick<RunControl, 'waited'>) {
    this.waited = control.waited
  }

  /** Seconds of computing since the last lap. */
  lap(): number {
    const now = performance.now()
    const { waited } = this.control
    const seconds = Math.max(0, (now - this.last - (waited - this.waited)) / 1000)
    this.last = now
    this.waited = waited
    if (seconds > shortestSleep && seconds > sleepFactor * this.longest) return this.longest
    this.longest = Math.max(this.longest, seconds)
    return seconds
  }
}
