// How a run is paused and stopped from outside while its loop goes on.
import { Failure } from '../../../shared/failure'

export class RunControl {
  stopped = false
  paused = false
  /** Milliseconds spent in untilResumed. */
  waited = 0
  private wake: (() => void) | null = null

  pause() {
    this.paused = true
  }

  resume() {
    this.paused = false
    this.wake?.()
  }

  stop() {
    this.stopped = true
    this.wake?.()
  }

  /** Lets messages in. @throws Failure run-stopped once the run is to end. */
  async breathe() {
    await new Promise((resolve) => setImmediate(resolve))
    if (this.stopped) throw new Failure('run-stopped')
  }

  /** Resolves when resumed or stopped, or after `seconds`. */
  async untilResumed(seconds = Infinity) {
    if (this.stopped) return
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
