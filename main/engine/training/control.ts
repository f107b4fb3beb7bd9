// How a run is paused and stopped from outside while its loop goes on.
import { Failure } from '../../../shared/failure'

export class RunControl {
  private stopped = false
  private wake: (() => void) | null = null
  paused = false

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

  /** Resolves when no longer paused (or stopped). */
  async untilResumed() {
    await new Promise<void>((resolve) => (this.wake = resolve))
    this.wake = null
  }
}
