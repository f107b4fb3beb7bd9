// The list of runs. A run's summary is stored beside it in summary.json, with the size and time of the
// metrics it was made from, so that listing reads a few small files a run, however long the runs were.
// Folders that hold no run, or a damaged one, are skipped.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { RunSummary } from '../../../shared/runList'
import type { RunState } from '../../../shared/runState'
import { inParallel } from '../files/parallel'
import { seal, unseal } from '../files/sealedJson'
import { hasCheckpoint } from '../runFiles/checkpoint'
import { readRun, runPaths, type RunFile } from '../runFiles/runFolder'
import { readNotes } from '../runFiles/notes'
import { readState } from './readState'

const Version = z.object({ bytes: z.number(), modified: z.number() })
type Version = z.infer<typeof Version>

const StoredSummary = z.object({
  format: z.literal(1),
  metrics: Version,
  summary: RunSummary,
  /** It had not ended when its last event was written. */
  interrupted: z.boolean(),
})
type StoredSummary = z.infer<typeof StoredSummary>

/** The run that is going on, with what its events add up to so far. */
export interface Live {
  readonly runId: string
  readonly state: RunState
}

const atOnce = 16

/** Newest first. */
export async function listRuns(root: string, live: Live | null): Promise<RunSummary[]> {
  const found: RunSummary[] = []
  await inParallel(await readdir(root).catch(() => []), atOnce, async (name) => {
    const summary = await summaryOf(join(root, name), live).catch(() => null)
    if (summary) found.push(summary)
  })
  return found.sort((a, b) => b.created - a.created)
}

/** Runs that were going on when the engine ended; newest first. */
export async function interruptedRuns(root: string): Promise<string[]> {
  const found: RunSummary[] = []
  await inParallel(await readdir(root).catch(() => []), atOnce, async (name) => {
    const stored = await storedSummary(join(root, name)).catch(() => null)
    if (stored?.interrupted) found.push(stored.summary)
  })
  return found.sort((a, b) => b.created - a.created).map(({ runId }) => runId)
}

async function summaryOf(folder: string, live: Live | null): Promise<RunSummary> {
  const notes = readNotes(folder)
  const run = live && folder.endsWith(live.runId) ? readRun(folder) : null
  if (live && run?.runId === live.runId)
    return {
      ...(await summarise(folder, { run, state: live.state })),
      ...notes,
      status: live.state.status,
      resumable: false,
    }
  const { summary, interrupted } = await storedSummary(folder)
  return { ...summary, ...notes, status: interrupted ? 'stopped' : summary.status }
}

/** Computed again when the metrics have changed since. @throws {Failure} run-missing */
async function storedSummary(folder: string): Promise<StoredSummary> {
  const metrics = await versionOf(runPaths(folder).metrics)
  const stored = await readStored(folder)
  if (stored && stored.metrics.bytes === metrics.bytes)
    if (stored.metrics.modified === metrics.modified) return stored
  const run = readRun(folder)
  const state = await readState(folder)
  const { status, rest } = state
  const fresh: StoredSummary = {
    format: 1,
    metrics,
    summary: await summarise(folder, { run, state }),
    interrupted: status === 'preparing' || status === 'running' || rest?.retrying === true,
  }
  // Where it cannot be written, it is computed again the next time.
  await writeFileAtomic(runPaths(folder).summary, seal(fresh)).catch(() => undefined)
  return fresh
}

async function summarise(
  folder: string,
  { run, state }: { run: RunFile; state: RunState },
): Promise<RunSummary> {
  const { plan, config } = run
  const { best, finished, status } = state
  return {
    ...{ name: '', notes: '', star: false },
    runId: run.runId,
    created: run.created,
    architecture: run.architecture,
    cut: run.cut,
    weights: config.weights,
    classes: run.classes,
    trains: plan.trains,
    epochs: state.epochs.length,
    bestValAccuracy: best?.valAccuracy ?? finished?.bestValAccuracy ?? null,
    bestValLoss: best?.valLoss ?? null,
    bestEpoch: best?.epoch ?? null,
    figure: finished?.figure ?? null,
    status,
    resumable: isResumable(folder, state),
    config,
    precision: plan.precision,
    size: plan.size,
    trainPhotos: plan.trainPhotos,
    valPhotos: plan.valPhotos,
    dataset: run.dataset,
    versions: run.versions,
    seconds: finished?.secondsTotal ?? state.computed / 1000,
    secondsPlanned: plan.secondsTotal,
    secondsUncached:
      finished && plan.secondsUncached !== null
        ? finished.secondsTotal - finished.secondsFeatures + plan.secondsUncached
        : null,
    modelBytes: (await versionOf(runPaths(folder).weights)).bytes,
    peakMemoryBytes: finished?.peakMemoryBytes ?? null,
    queue: run.queue,
  }
}

/** A paused run without a checkpoint starts again from the beginning. One that diverged would diverge
 *  again. */
function isResumable(folder: string, { status, failure }: RunState): boolean {
  if (status === 'finished') return false
  if (status === 'failed' && failure?.code === 'run-diverged') return false
  return status === 'paused' || hasCheckpoint(folder)
}

async function readStored(folder: string): Promise<StoredSummary | null> {
  try {
    return StoredSummary.parse(unseal(await readFile(runPaths(folder).summary, 'utf8')))
  } catch {
    return null
  }
}

const versionOf = (path: string): Promise<Version> =>
  stat(path).then(
    ({ size, mtimeMs }) => ({ bytes: size, modified: mtimeMs }),
    () => ({ bytes: 0, modified: 0 }),
  )
