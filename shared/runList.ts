// What the list of runs shows: a summary a run, what a person wrote about it, and the queue.
import { z } from 'zod'
import { Precision } from './device'
import { Figure } from './figure'
import { Architecture, Cut, Stage } from './network'
import { RunConfig } from './runConfig'

/** What a person writes about a run. */
export const RunNotes = z.object({
  name: z.string().max(200).default(''),
  notes: z.string().max(20_000).default(''),
  star: z.boolean().default(false),
})
export type RunNotes = z.infer<typeof RunNotes>

export const RunSummary = z.object({
  ...RunNotes.shape,
  runId: z.string(),
  created: z.number(),
  architecture: Architecture,
  cut: Cut.nullable(),
  weights: z.string().nullable(),
  classes: z.array(z.string()),
  trains: z.array(Stage),
  epochs: z.number(),
  bestValAccuracy: z.number().nullable(),
  bestValLoss: z.number().nullable().default(null),
  bestEpoch: z.number().nullable(),
  /** How good it is on photos that neither taught nor chose it; null: not measured. */
  figure: Figure.nullable().default(null),
  status: z.enum(['preparing', 'running', 'paused', 'finished', 'stopped', 'failed']),
  /** It ended early and can go on from a checkpoint. */
  resumable: z.boolean().default(false),
  config: RunConfig,
  precision: Precision,
  size: z.number(),
  trainPhotos: z.number(),
  valPhotos: z.number(),
  /** SHA-256 over paths, labels and splits: equal where two runs saw the same data. */
  dataset: z.string(),
  versions: z.record(z.string(), z.string()),
  /** Seconds spent computing, excluding pauses and discarded work. */
  seconds: z.number(),
  secondsPlanned: z.number().nullable(),
  /** Seconds that it takes where no features are cached: those for features are foretold, since other runs
   *  may have filled the cache; all others were measured. Null: not finished, or of an earlier version. */
  secondsUncached: z.number().nullable().default(null),
  /** Size of the stored weights. */
  modelBytes: z.number(),
  peakMemoryBytes: z.number().nullable(),
  /** Id of the queue it belongs to; null: none. */
  queue: z.string().nullable().default(null),
})
export type RunSummary = z.infer<typeof RunSummary>

/** A configuration in the queue of runs. */
export const QueueItem = z.object({
  id: z.string(),
  queue: z.string(),
  label: z.string(),
  config: RunConfig,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  runId: z.string().nullable(),
  /** Why it failed; null: it did not. */
  message: z.string().nullable(),
})
export type QueueItem = z.infer<typeof QueueItem>
