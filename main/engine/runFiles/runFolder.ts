// A run on disk: run.json (configuration and plan), metrics.jsonl (events, one a line),
// weights.safetensors (the whole network after the best epoch), checkpoint/ (checkpoint.ts), samples.json
// (the photos it began with), notes.json (what a person wrote about it) and summary.json (a summary for
// the list of runs, rebuilt when out of date). Each file is replaced as a whole, or whole lines are
// appended; after an incomplete line the next one starts on a new line. All but the notes carry checksums.
import {
  appendFileSync,
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure'
import { reason } from '../../../shared/reason'
import { Architecture, Cut, Flavour } from '../../../shared/network'
import { RunConfig } from '../../../shared/runConfig'
import { RunEvent } from '../../../shared/runEvents'
import { RunPlan } from '../../../shared/runPlan'
import { claimOrFail, type Claim } from '../files/claim'
import { writeFailure } from '../files/fileFailures'
import { seal, unseal } from '../files/sealedJson'
import { makeFolder, writeFileAtomically } from '../files/wholeFiles'

export const RunFile = z.object({
  format: z.literal(1),
  runId: z.string(),
  created: z.number(),
  config: RunConfig,
  plan: RunPlan,
  architecture: Architecture,
  flavour: Flavour.default('standard'),
  cut: Cut.nullable(),
  resize: z.number(),
  classes: z.array(z.string()),
  /** SHA-256 over paths, labels and splits. */
  dataset: z.string(),
  /** Up to 32 photos with which exports are checked. */
  photos: z.array(z.string()),
  /** Identifies the exact starting weights. */
  weights: z.string(),
  versions: z.record(z.string(), z.string()),
  /** The queue that the run belongs to; null: none. */
  queue: z.string().nullable().default(null),
})
export type RunFile = z.infer<typeof RunFile>

export const runPaths = (folder: string) => ({
  run: join(folder, 'run.json'),
  metrics: join(folder, 'metrics.jsonl'),
  weights: join(folder, 'weights.safetensors'),
  /** Best weights until the checkpoint that refers to them is written. */
  nextWeights: join(folder, 'next.safetensors'),
  checkpoints: join(folder, 'checkpoint'),
  samples: join(folder, 'samples.json'),
  outOfFold: join(folder, 'outOfFold.safetensors'),
  summary: join(folder, 'summary.json'),
  notes: join(folder, 'notes.json'),
})

/** One process trains into a folder at a time. @throws {Failure} in-use, disk-full, not-writable */
export async function claimRunFolder(folder: string): Promise<Claim> {
  await makeFolder(folder)
  return claimOrFail(runPaths(folder).run)
}

/** Removes what a run writes; anything else in the folder stays. */
export async function clearRunFolder(folder: string): Promise<void> {
  const { metrics, weights, nextWeights, checkpoints, outOfFold } = runPaths(folder)
  for (const path of [metrics, weights, nextWeights, checkpoints, outOfFold])
    await rm(path, { recursive: true, force: true })
}

/** The folder and run.json are on the disk when it resolves.
 *  @throws {Failure} disk-full, not-writable */
export async function createRunFolder(folder: string, file: RunFile) {
  const { checkpoints, run } = runPaths(folder)
  await makeFolder(checkpoints)
  await writeFileAtomically(run, [Buffer.from(seal(file, { indent: 2 }))])
}

/** @throws {Failure} run-missing */
export function readRun(folder: string): RunFile {
  try {
    return RunFile.parse(unseal(readFileSync(runPaths(folder).run, 'utf8')))
  } catch {
    throw new Failure('run-missing', { run: folder })
  }
}

/** Appends an event on a new line, even after an incomplete line.
 *  @throws {Failure} disk-full, not-writable */
export function appendEvent(folder: string, event: RunEvent) {
  const path = runPaths(folder).metrics
  try {
    mkdirSync(folder, { recursive: true })
    const file = openSync(path, 'a+')
    try {
      const line = `${seal(event)}\n`
      appendFileSync(file, endsWithLine(file) ? line : `\n${line}`)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw writeFailure(path, error)
  }
}

function endsWithLine(file: number): boolean {
  const { size } = fstatSync(file)
  if (size === 0) return true
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last.toString() === '\n'
}

/** Flushes the events so far to the disk. @throws {Failure} disk-full, not-writable */
export function syncEvents(folder: string) {
  const path = runPaths(folder).metrics
  try {
    const file = openSync(path, 'a')
    try {
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw writeFailure(path, error)
  }
}

/** The events of a text in order. Incomplete lines and those of another version are left out; where damaged
 *  ones are missing, a warning stands in their place. `parse` throws for what is no event. */
export function* eventsIn(
  text: string,
  path: string,
  parse: (value: unknown) => RunEvent = (value) => RunEvent.parse(value),
): Generator<RunEvent> {
  let next = 0
  let isDamaged = false
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      const event = parse(unseal(line))
      if (isDamaged && event.sequence > next) {
        const { runId, time } = event
        const message = reason('events-damaged', { count: event.sequence - next })
        yield { type: 'warning', runId, time, sequence: next, path, message }
      }
      next = event.sequence + 1
      isDamaged = false
      yield event
    } catch {
      // What was cut off is numbered anew by the next start: only damage leaves a gap in the numbers.
      isDamaged = true
    }
  }
}

/** The events in order; see eventsIn. */
export function readEvents(folder: string): RunEvent[] {
  const path = runPaths(folder).metrics
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  return [...eventsIn(text, path)]
}
