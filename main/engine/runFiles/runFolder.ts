// A run on disk: run.json (what it was), metrics.jsonl (what happened, one event a line),
// weights.safetensors (the best epoch, the whole network), checkpoint/ (checkpoint.ts), samples.json
// (the photos it began with), notes.json (what a person wrote to it) and summary.json (all this in
// short, made anew when it is out of date). Each file is replaced as a whole or appended to by whole
// lines; a line that was cut off stays alone.
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
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { Failure } from '../../../shared/failure'
import { Architecture, Cut, Flavour } from '../../../shared/network'
import { RunConfig } from '../../../shared/runConfig'
import { RunEvent } from '../../../shared/runEvents'
import { RunPlan } from '../../../shared/runPlan'
import { writeFailure } from '../files/fileFailures'

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
  /** Up to 32 photos that exports are checked on. */
  photos: z.array(z.string()),
  /** Names the exact starting weights. */
  weights: z.string(),
  versions: z.record(z.string(), z.string()),
  /** The queue that it belongs to. */
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
  summary: join(folder, 'summary.json'),
  notes: join(folder, 'notes.json'),
})

export async function createRunFolder(folder: string, file: RunFile) {
  await mkdir(runPaths(folder).checkpoints, { recursive: true })
  await writeFileAtomic(runPaths(folder).run, JSON.stringify(file, null, 2))
}

/** @throws Failure run-missing */
export function readRun(folder: string): RunFile {
  try {
    return RunFile.parse(JSON.parse(readFileSync(runPaths(folder).run, 'utf8')))
  } catch {
    throw new Failure('run-missing', { run: folder })
  }
}

/** On a new line, whatever a stop or a full disk left of the last. Throws disk-full, not-writable. */
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

/** Puts the events so far on the disk. Throws disk-full, not-writable. */
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

/** Events in order; a last line cut short by a stop is left out. */
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
