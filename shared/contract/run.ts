// Calls and events about training runs and their queue.
import { z } from 'zod'
import { PictureId } from '../dataset'
import { RunPair } from '../pairedRuns'
import { RunConfig } from '../runConfig'
import { RunEvent } from '../runEvents'
import { QueueItem, RunNotes, RunSummary } from '../runList'
import { PresetOffer, RateSearch, RunPlan } from '../runPlan'
import { call, none, nothing, runId, path, weightsFiles } from './call'

const weightsOf = ({ weights }: RunConfig) => weightsFiles(weights)

export const runCalls = {
  'run.plan': call({ by: 'engine', input: RunConfig, output: RunPlan, paths: weightsOf }),
  'run.start': call({
    by: 'engine',
    input: RunConfig,
    output: z.object({ runId: z.string() }),
    paths: weightsOf,
  }),
  'run.pause': call({ by: 'engine', input: none, output: nothing }),
  'run.resume': call({ by: 'engine', input: none, output: nothing }),
  'run.stop': call({ by: 'engine', input: none, output: nothing }),
  'run.history': call({
    by: 'engine',
    input: z.object({ runId }),
    output: z.array(RunEvent),
  }),
  'run.list': call({ by: 'engine', input: none, output: z.array(RunSummary) }),
  /** Each two of the runs on the photos that both judged and that taught neither; runs that do not say what
   *  they judged are left out. */
  'run.compare': call({
    by: 'engine',
    input: z.object({ runIds: z.array(runId).min(2).max(20) }),
    output: z.array(RunPair),
  }),
  /** Goes on from the checkpoint of a run that ended before its time. */
  'run.continue': call({ by: 'engine', input: z.object({ runId }), output: nothing }),
  'run.annotate': call({
    by: 'engine',
    // Without the defaults of RunNotes: what is left out stays as it is.
    input: z.object({
      runId,
      name: RunNotes.shape.name.unwrap().optional(),
      notes: RunNotes.shape.notes.unwrap().optional(),
      star: RunNotes.shape.star.unwrap().optional(),
    }),
    output: nothing,
  }),
  /** Puts the folders of runs into the system's trash. */
  'run.trash': call({
    by: 'main',
    input: z.object({ runIds: z.array(runId).min(1).max(1000) }),
    output: nothing,
  }),
  /** Event files for TensorBoard, in a new folder in `folder`. */
  'run.exportTensorBoard': call({
    by: 'engine',
    input: z.object({ runIds: z.array(runId).min(1).max(1000), folder: path }),
    output: z.object({ path, bytes: z.number() }),
    paths: (input) => [input.folder],
  }),
  /** The three presets for these weights and the photos that are there. */
  'run.presets': call({
    by: 'engine',
    input: RunConfig,
    output: z.array(PresetOffer),
    paths: weightsOf,
  }),
  'run.findRate': call({
    by: 'engine',
    input: RunConfig,
    output: RateSearch,
    paths: weightsOf,
  }),
  'run.cancelFindRate': call({ by: 'engine', input: none, output: nothing }),
  /** Sixteen random results for one photo, drawn by the graph that trains; `picture` null: the first
   *  of the training set. */
  'run.previewAugmentation': call({
    by: 'engine',
    input: z.object({ config: RunConfig, picture: PictureId.nullable(), seed: z.number().int() }),
    output: z.object({
      picture: PictureId,
      type: z.string(),
      images: z.array(z.instanceof(Uint8Array)),
    }),
    paths: ({ config }) => weightsOf(config),
  }),
  /** Adds configurations to what is run one after the other; answers the queue's id. */
  'queue.add': call({
    by: 'engine',
    input: z.object({
      items: z
        .array(z.object({ label: z.string().max(200), config: RunConfig }))
        .min(1)
        .max(100),
    }),
    output: z.object({ queue: z.string() }),
    paths: ({ items }) => items.flatMap(({ config }) => weightsOf(config)),
  }),
  'queue.list': call({ by: 'engine', input: none, output: z.array(QueueItem) }),
  /** Takes out what waits; the one that runs is stopped by run.stop. */
  'queue.cancel': call({
    by: 'engine',
    input: z.object({ ids: z.array(z.string()) }),
    output: nothing,
  }),
} as const

/** What only the main process may ask the engine. */
export const runInternalCalls = {
  'run.folder': call({
    by: 'engine',
    input: z.object({ runId }),
    output: z.object({ path }),
  }),
  /** A run that goes on, if there is one. */
  'run.active': call({
    by: 'engine',
    input: none,
    output: z.object({ runId: runId.nullable() }),
  }),
  /** The computer falls asleep or wakes: a run pauses meanwhile. */
  'run.asleep': call({
    by: 'engine',
    input: z.object({ asleep: z.boolean() }),
    output: nothing,
  }),
  /** The app is about to end: ends the run in a checkpoint, as paused or as stopped, and begins no
   *  other. */
  'run.rest': call({
    by: 'engine',
    input: z.object({ stop: z.boolean().default(false) }),
    output: nothing,
  }),
} as const

export const runEvents = {
  'run.event': RunEvent,
  'queue.changed': z.array(QueueItem),
} as const
