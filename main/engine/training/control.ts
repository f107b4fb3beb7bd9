// Pauses, resumes and stops a run from outside while its loop is running.
import { Failure } from '../../../shared/failure'
import { yieldToEventLoop } from '../files/eventLoop'
import type { RunNews } from '../../../shared/runEvents'

export class RunControl {
  stopped = false
  paused = false
  /** Milliseconds spent in untilResumed. */
  waited = 0
  /** Why it is paused; null: a person asked for it. */
  reason: string | null = null
  /** Whether the run ends only to be resumed at another time. */
  resting = false
  private wake: (() => void) | null = null
  /** Whether resume() was called between the pause and the loop's wait for it. */
  private resumedEarly = false

  /** With a reason, the pause lasts until the cause is gone. It does not replace a pause that a person
   *  asked for. */
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

  /** Ends the run with a checkpoint, as paused rather than stopped. */
  rest() {
    this.resting = true
    this.stop()
  }

  stop() {
    this.stopped = true
    this.wake?.()
  }

  /** Lets the event loop handle messages. @throws {Failure} run-stopped once the run is to end */
  async breathe() {
    await yieldToEventLoop()
    if (this.stopped) throw new Failure('run-stopped')
  }

  /** A place in the run where it can be paused and stopped. While it is paused, does `before`, then
   *  waits. @throws {Failure} run-stopped */
  async *pausePoint(before?: () => AsyncGenerator<RunNews>): AsyncGenerator<RunNews> {
    await this.breathe()
    if (!this.paused) return
    if (before) yield* before()
    yield { type: 'paused', reason: this.reason, retrying: this.reason !== null }
    await this.untilResumed()
    await this.breathe()
    yield { type: 'resumed' }
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
