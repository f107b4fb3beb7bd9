// Work that fails for a reason a person can remove (a full disk, no memory left) does not end a run:
// it pauses with that reason, and goes on once the work succeeds.
import { Failure, type FailureCode } from '../../../shared/failure'
import type { RunNews } from '../../../shared/runEvents'
import type { RunControl } from './control'

/** Seconds after which it is tried again unasked; Infinity: only once the person says so. */
const retryAfter: Partial<Record<FailureCode, number>> = {
  'disk-full': 3,
  'not-writable': 3,
  'out-of-memory': Infinity,
}

/** What `work` gives; tells of the pause between. @throws what is no reason to wait, and run-stopped */
export async function* retried<T>(
  control: RunControl,
  work: () => T | Promise<T>,
): AsyncGenerator<RunNews, T> {
  let told: FailureCode | null = null
  for (;;) {
    try {
      const result = await work()
      if (told !== null) yield { type: 'resumed' }
      return result
    } catch (error) {
      const seconds = error instanceof Failure ? retryAfter[error.code] : undefined
      if (!(error instanceof Failure) || seconds === undefined) throw error
      const { code, details } = error
      if (told !== code)
        yield { type: 'paused', reason: code, details, retrying: seconds < Infinity }
      told = code
      await control.untilResumed(seconds)
      await control.breathe()
    }
  }
}
