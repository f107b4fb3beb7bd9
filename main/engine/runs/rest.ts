// Runs that were cut off. A run whose engine crashed goes on by itself once. After a second crash at the
// same checkpoint, or when the whole app had ended, it is paused with the reason until a person
// continues it.
import { join } from 'node:path'
import type { FailureCode, FailureDetails } from '../../../shared/failure'
import { RunEvent } from '../../../shared/runEvents'
import { recoverCheckpoint } from '../runFiles/checkpoint'
import { epochsDone } from '../runFiles/runProgress'
import { appendEvent } from '../runFiles/runFolder'
import { interruptedRuns } from './summaries'
import { readState } from './readState'

interface RecoverOptions {
  readonly root: string
  /** Whether the engine was started again after a crash, in an app that went on. */
  readonly again: boolean
  readonly onEvent: (event: RunEvent) => void
}
export interface Recovered {
  /** The run to continue; null: none. */
  readonly goOn: string | null
  /** Paused because the engine crashed twice at the same checkpoint. */
  readonly givenUp: readonly string[]
}

export async function recoverRuns(options: RecoverOptions): Promise<Recovered> {
  const { root, again, onEvent } = options
  const givenUp: string[] = []
  let goOn: string | null = null
  for (const runId of await interruptedRuns(root)) {
    const folder = join(root, runId)
    if (again && goOn === null && !(await crashedHereBefore(folder))) {
      goOn = runId
      continue
    }
    if (again) givenUp.push(runId)
    const reason = again ? 'engine-stopped' : 'app-stopped'
    const event = await putToRest(folder, runId, { reason }).catch(() => null)
    if (event) onEvent(event)
  }
  return { goOn, givenUp }
}

/** True if the last start resumed from the current newest checkpoint. */
async function crashedHereBefore(folder: string): Promise<boolean> {
  const checkpoint = await recoverCheckpoint(folder)
  const { starts, started } = await readState(folder)
  return starts > 1 && started?.from === (checkpoint ? epochsDone(checkpoint.progress) : 0)
}

/** Appends to a run's events that it is paused, dated as its last event.
 *  @throws {Failure} disk-full, not-writable */
export async function putToRest(
  folder: string,
  runId: string,
  { reason, details = {} }: { reason: FailureCode | null; details?: FailureDetails },
): Promise<RunEvent> {
  return append(folder, runId, { type: 'paused', reason, details })
}

/** Appends to a paused run's events that it is stopped.
 *  @throws {Failure} disk-full, not-writable */
export const putToEnd = (folder: string, runId: string) =>
  append(folder, runId, { type: 'stopped' })

async function append(
  folder: string,
  runId: string,
  news:
    { type: 'paused'; reason: FailureCode | null; details: FailureDetails } | { type: 'stopped' },
): Promise<RunEvent> {
  const { lastSequence, lastTime } = await readState(folder)
  const event = RunEvent.parse({
    ...news,
    runId,
    sequence: lastSequence + 1,
    time: lastTime === 0 ? Date.now() : lastTime,
  })
  appendEvent(folder, event)
  return event
}
