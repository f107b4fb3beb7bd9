// Seconds of computing. What a run waited for is left out, and so is a computer's sleep, which looks
// like one lap that takes far longer than any before it.
import type { RunControl } from './control'

const shortestSleep = 60
const unlikely = 20

export class WorkClock {
  private last = performance.now()
  private waited: number
  private longest = 1

  constructor(private readonly control: Pick<RunControl, 'waited'>) {
    this.waited = control.waited
  }

  /** Seconds of computing since the lap before. */
  lap(): number {
    const now = performance.now()
    const { waited } = this.control
    const seconds = Math.max(0, (now - this.last - (waited - this.waited)) / 1000)
    this.last = now
    this.waited = waited
    if (seconds > shortestSleep && seconds > unlikely * this.longest) return this.longest
    this.longest = Math.max(this.longest, seconds)
    return seconds
  }
}
