// A run on disk: run.json (configuration and plan), metrics.jsonl (events, one a line),
// weights.safetensors (the whole network after the best epoch), checkpoint/ (checkpoint.ts), samples.json
// (the photos it began with), notes.json (what a person wrote about it) and summary.json (a summary for
// the list of runs, rebuilt when out of date). Each file is replaced as a whole, or whole lines are
// appended; after an incomplete line the next one starts on a new line.
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
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure'
import { Architecture, Cut, Flavour } from '../../../shared/network'
import { RunConfig } from '../../../shared/runConfig'
import { RunEvent } from '../../../shared/runEvents'
import { RunPlan } from '../../../shared/runPlan'
import { writeFailure } from '../files/fileFailures'
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

/** The folder and run.json are on the disk when it resolves.
 *  @throws {Failure} disk-full, not-writable */
export async function createRunFolder(folder: string, file: RunFile) {
  const { checkpoints, run } = runPaths(folder)
  await makeFolder(checkpoints)
  await writeFileAtomically(run, [Buffer.from(JSON.stringify(file, null, 2))])
}

/** @throws {Failure} run-missing */
export function readRun(folder: string): RunFile {
  try {
    return RunFile.parse(JSON.parse(readFileSync(runPaths(folder).run, 'utf8')))
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
      const line = `${JSON.stringify(event)}\n`
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

/** The events in order, without incomplete lines. */
export function readEvents(folder: string): RunEvent[] {
  let text = ''
  try {
    text = readFileSync(runPaths(folder).metrics, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [RunEvent.parse(JSON.parse(line))]
    } catch {
      return []
    }
  })
}
