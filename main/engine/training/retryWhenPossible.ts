// Work that fails for a reason a person can remove (a full disk, no memory left) does not end a run:
// the run pauses with that reason and continues once the work succeeds.
import { Failure, type FailureCode } from '../../../shared/failure'
import type { RunNews } from '../../../shared/runEvents'
import type { RunControl } from './control'

/** Seconds until the next automatic try; Infinity: only when the person asks for it. */
const retryAfter: Partial<Record<FailureCode, number>> = {
  'disk-full': 3,
  'not-writable': 3,
  'out-of-memory': Infinity,
}

/** Returns what `work` returns; yields a pause when it fails and its end when it succeeds.
 *  @throws {Failure} run-stopped, and any error of `work` that retrying cannot mend */
export async function* retryWhenPossible<T>(
  control: RunControl,
  work: () => T | Promise<T>,
): AsyncGenerator<RunNews, T> {
  let pausedFor: FailureCode | null = null
  for (;;) {
    try {
      const result = await work()
      if (pausedFor !== null) yield { type: 'resumed' }
      return result
    } catch (error) {
      const seconds = error instanceof Failure ? retryAfter[error.code] : undefined
      if (!(error instanceof Failure) || seconds === undefined) throw error
      const { code, details } = error
      if (pausedFor !== code)
        yield { type: 'paused', reason: code, details, retrying: seconds < Infinity }
      pausedFor = code
      await control.untilResumed(seconds)
      await control.breathe()
    }
  }
}
