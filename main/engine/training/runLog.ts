// Numbers what a run tells and puts it on the disk before it is passed on. Where the disk is full the
// run pauses; what could not be written waits and is written first.
import { RunEvent, type RunNews } from '../../../shared/runEvents'
import type { RunControl } from './control'
import { retryWhenPossible } from './retryWhenPossible'
import { appendEvent } from '../runFiles/runFolder'

interface RunLogOptions {
  readonly folder: string
  readonly runId: string
  readonly control: RunControl
  /** Number of the last event of the run so far. */
  readonly last: number | undefined
}

export class RunLog {
  private sequence: number
  private readonly unwritten: RunEvent[] = []

  constructor(private readonly options: RunLogOptions) {
    this.sequence = (options.last ?? -1) + 1
  }

  /** The event, and after it the pause that writing it took. @throws Failure run-stopped */
  async *tell(news: RunNews): AsyncGenerator<RunEvent> {
    const event = this.number(news)
    let isTold = false
    for await (const pause of retryWhenPossible(this.options.control, () => this.write())) {
      if (!isTold) yield event
      isTold = true
      yield this.number(pause)
    }
    if (!isTold) yield event
  }

  /** The last event of a run waits for no disk. */
  end(news: RunNews): RunEvent {
    const event = this.number(news)
    try {
      this.write()
    } catch {
      // A run without an end on the disk counts as stopped.
    }
    return event
  }

  private number(news: RunNews): RunEvent {
    const { runId } = this.options
    const event = RunEvent.parse({ ...news, runId, sequence: this.sequence++, time: Date.now() })
    this.unwritten.push(event)
    return event
  }

  private write() {
    for (let next = this.unwritten[0]; next; next = this.unwritten[0]) {
      appendEvent(this.options.folder, next)
      this.unwritten.shift()
    }
  }
}
