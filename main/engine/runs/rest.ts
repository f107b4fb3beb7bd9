// Runs that were cut off. One that its engine died on goes on by itself once; after a second death at
// the same place, or when the whole app ended, it rests with the reason until a person goes on.
import { join } from 'node:path'
import type { FailureCode, FailureDetails } from '../../../shared/failure'
import { RunEvent } from '../../../shared/run'
import { recoverCheckpoint } from '../runFiles/checkpoint'
import { epochsDone } from '../runFiles/runProgress'
import { appendEvent } from '../runFiles/runFolder'
import { interruptedRuns } from './summaries'
import { readTally } from './tally'

interface RecoverOptions {
  readonly root: string
  /** Whether the engine was started again after a crash, in an app that went on. */
  readonly again: boolean
  readonly onEvent: (event: RunEvent) => void
}
export interface Recovered {
  /** To be gone on with; null: none. */
  readonly goOn: string | null
  /** Rest because the engine died on them twice. */
  readonly givenUp: readonly string[]
}

export async function recoverRuns(options: RecoverOptions): Promise<Recovered> {
  const { root, again, onEvent } = options
  const givenUp: string[] = []
  let goOn: string | null = null
  for (const runId of await interruptedRuns(root)) {
    const folder = join(root, runId)
    if (again && goOn === null && !(await diedHereBefore(folder))) {
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

/** Went on last from the very checkpoint that is the newest still. */
async function diedHereBefore(folder: string): Promise<boolean> {
  const checkpoint = await recoverCheckpoint(folder)
  const { starts, from } = await readTally(folder)
  return starts > 1 && from === (checkpoint ? epochsDone(checkpoint.progress) : 0)
}

/** Notes that a run rests, as of when it told something last. Throws disk-full, not-writable. */
export async function putToRest(
  folder: string,
  runId: string,
  { reason, details = {} }: { reason: FailureCode | null; details?: FailureDetails },
): Promise<RunEvent> {
  return note(folder, runId, { type: 'paused', reason, details })
}

/** Notes that a run at rest is not to go on. Throws disk-full, not-writable. */
export const putToEnd = (folder: string, runId: string) => note(folder, runId, { type: 'stopped' })

async function note(
  folder: string,
  runId: string,
  news:
    { type: 'paused'; reason: FailureCode | null; details: FailureDetails } | { type: 'stopped' },
): Promise<RunEvent> {
  const { lastSequence, lastTime } = await readTally(folder)
  const event = RunEvent.parse({
    ...news,
    runId,
    sequence: lastSequence + 1,
    time: lastTime === 0 ? Date.now() : lastTime,
  })
  appendEvent(folder, event)
  return event
}
