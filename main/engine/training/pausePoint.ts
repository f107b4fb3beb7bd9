// A place in a run where it can be paused and stopped.
import type { RunNews } from '../../../shared/runEvents'
import type { RunControl } from './control'

/** Lets messages in and waits while the run is paused; `before` is done first then.
 *  @throws Failure run-stopped */
export async function* pausePoint(
  control: RunControl,
  before?: () => AsyncGenerator<RunNews>,
): AsyncGenerator<RunNews> {
  await control.breathe()
  if (!control.paused) return
  if (before) yield* before()
  yield { type: 'paused', reason: control.reason, retrying: control.reason !== null }
  await control.untilResumed()
  await control.breathe()
  yield { type: 'resumed' }
}
