// What a run's metrics.jsonl adds up to, without an event object for every step: of a hundred thousand
// steps only columns of numbers are kept.
import { readFile } from 'node:fs/promises'
import { RunEvent, type EventOf } from '../../../shared/runEvents'
import { addEvent, emptyRun, type GrowingState } from '../../../shared/runState'
import { eventsIn, runPaths } from '../runFiles/runFolder'

/** Lines that were cut off or are of another version are skipped, and a damaged one becomes a warning; without
 *  a file, the state is that of a run without events. */
export async function readState(folder: string): Promise<GrowingState> {
  const state = emptyRun()
  const path = runPaths(folder).metrics
  const text = await readFile(path, 'utf8').catch(() => '')
  for (const event of eventsIn(text, path, parse)) addEvent(state, event)
  return state
}

const parse = (event: unknown): RunEvent => (isStep(event) ? event : RunEvent.parse(event))

const stepNumbers = [
  'sequence',
  'time',
  'step',
  'epoch',
  'loss',
  'accuracy',
  'learningRate',
  'imagesPerSecond',
] as const satisfies readonly (keyof EventOf<'step'>)[]

/** Checked without zod, since most lines are steps. */
function isStep(event: unknown): event is EventOf<'step'> {
  const given = (event ?? {}) as Partial<EventOf<'step'>>
  if (given.type !== 'step' || typeof given.runId !== 'string') return false
  for (const name of stepNumbers) if (typeof given[name] !== 'number') return false
  return true
}
