// What a run's metrics.jsonl adds up to, without an event object for every step: of a hundred thousand
// steps only columns of numbers are kept.
import { readFile } from 'node:fs/promises'
import { RunEvent, type EventOf } from '../../../shared/runEvents'
import { addEvent, emptyRun, type GrowingState } from '../../../shared/runState'
import { runPaths } from '../runFiles/runFolder'

/** Lines that were cut off or are of another version are skipped; without a file, the state is that
 *  of a run without events. */
export async function readState(folder: string): Promise<GrowingState> {
  const state = emptyRun()
  const text = await readFile(runPaths(folder).metrics, 'utf8').catch(() => '')
  for (const line of text.split('\n')) {
    const event = line === '' ? null : parse(line)
    if (event) addEvent(state, event)
  }
  return state
}

function parse(line: string): RunEvent | null {
  try {
    const event: unknown = JSON.parse(line)
    return isStep(event) ? event : RunEvent.parse(event)
  } catch {
    return null
  }
}

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
