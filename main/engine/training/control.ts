// How a run is paused and stopped from outside while its loop goes on.
import { Failure } from '../../../shared/failure'
import { yieldToEventLoop } from '../files/eventLoop'

export class RunControl {
  stopped = false
  paused = false
  /** Milliseconds spent in untilResumed. */
  waited = 0
  /** Why it is paused; null: a person asked for it. */
  reason: string | null = null
  /** It ends to be gone on with another time. */
  resting = false
  private wake: (() => void) | null = null
  /** Whoever hears of a pause may answer before the loop waits. */
  private resumedEarly = false

  /** With a reason: until the cause is gone. A pause that a person asked for stays theirs. */
  pause(reason: string | null = null) {
    if (this.paused && reason !== null) return
    this.paused = true
    this.reason = reason
    this.resumedEarly = false
  }

  resume() {
    this.paused = false
    if (this.wake) this.wake()
    else this.resumedEarly = true
  }

  /** Ends the run in a checkpoint, as paused. */
  rest() {
    this.resting = true
    this.stop()
  }

  stop() {
    this.stopped = true
    this.wake?.()
  }

  /** Lets messages in. @throws Failure run-stopped once the run is to end. */
  async breathe() {
    await yieldToEventLoop()
    if (this.stopped) throw new Failure('run-stopped')
  }

  /** Resolves when resumed or stopped, or after `seconds`. */
  async untilResumed(seconds = Infinity) {
    if (this.stopped || this.resumedEarly) {
      this.resumedEarly = false
      return
    }
    const began = performance.now()
    await new Promise<void>((resolve) => {
      const timer = seconds < Infinity ? setTimeout(resolve, seconds * 1000) : undefined
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.wake = null
    this.waited += performance.now() - began
  }
}
