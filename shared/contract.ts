// Every call and every event between the window, the main process and the engine. Channel names,
// the preload api, the router and the handler types are derived from these two values; adding a
// call here makes the compiler ask for its handler. One value, and so one file, however long it gets.
import { z } from 'zod'
import { Precision } from './device'
import {
  ClassId,
  DatasetChange,
  DatasetSnapshot,
  ExportedFolders,
  HealthFinding,
  IntakeResult,
  LabelImport,
  Layout,
  MissingFolder,
  PictureId,
  PicturePage,
  picturesAtOnce,
  ScanResult,
  Split,
} from './dataset'
import { BlockEffects, Evaluation, ExportFormat, ExportResult, Prediction } from './evaluation'
import { Edit } from './edit'
import { type FailureCode } from './failure'
import { Architecture, Cut, Flavour, NetworkPicture, WeightsChoice } from './network'
import {
  PresetOffer,
  QueueItem,
  RateSearch,
  RunConfig,
  RunEvent,
  RunNotes,
  RunPlan,
  RunSummary,
} from './run'
import { LabelSuggestions, Similar, SuggestState } from './suggest'

export type Answerer = 'main' | 'engine'

/** `paths` names the file paths in an input, so that the router can hold them against what the
 *  person granted by dropping or choosing. */
interface Call<A extends Answerer, I extends z.ZodType, O extends z.ZodType> {
  readonly by: A
  readonly input: I
  readonly output: O
  readonly paths?: (input: z.output<I>) => readonly string[]
}
const call = <A extends Answerer, I extends z.ZodType, O extends z.ZodType>(
  definition: Call<A, I, O>,
) => definition
const none = z.undefined()
const nothing = z.null()
const runId = z.string().min(1).max(64)
const path = z.string().min(1).max(32_768)

export const EngineStatus = z.object({
  state: z.enum(['starting', 'ready', 'failed', 'restarting']),
  engine: z.string(),
  device: z.string(),
  precision: Precision,
  threads: z.number(),
  memoryBytes: z.number(),
  versions: z.record(z.string(), z.string()),
  problems: z.array(z.string()),
  /** Why this device and precision. */
  reasons: z.array(z.string()).default([]),
  /** A training step held against PyTorch (processor) and against the processor (device); `bits`
   *  names the exact result. Null: not done. */
  selfCheck: z
    .object({
      processor: z.number(),
      device: z.number(),
      processorRight: z.boolean(),
      deviceRight: z.boolean(),
      bits: z.string(),
    })
    .nullable()
    .default(null),
})
export type EngineStatus = z.infer<typeof EngineStatus>

export const ProjectSummary = z.object({
  id: z.string(),
  name: z.string(),
  modified: z.number(),
  pictures: z.number(),
})
export type ProjectSummary = z.infer<typeof ProjectSummary>

export const calls = {
  'app.info': call({
    by: 'main',
    input: none,
    output: z.object({ version: z.string(), electron: z.string(), platform: z.string() }),
  }),
  'app.choose': call({
    by: 'main',
    input: z.object({
      what: z.enum(['photos', 'folder', 'labels', 'weights', 'picture', 'export-folder']),
    }),
    output: z.object({ paths: z.array(path) }),
  }),
  /** The answer to 'app.closing': go on without a window, put the run to rest (it can be continued
   *  later), end it, or keep the window. */
  'app.close': call({
    by: 'main',
    input: z.object({ then: z.enum(['background', 'pause', 'stop', 'stay']) }),
    output: nothing,
  }),
  'app.showInFolder': call({
    by: 'main',
    input: z.object({ path }),
    output: nothing,
    paths: (input) => [input.path],
  }),

  'engine.status': call({ by: 'engine', input: none, output: EngineStatus }),

  /** Features of frozen stages that are kept on disk. */
  'cache.use': call({
    by: 'engine',
    input: none,
    output: z.object({ bytes: z.number(), limit: z.number() }),
  }),
  'cache.clear': call({ by: 'engine', input: none, output: nothing }),

  'project.list': call({ by: 'engine', input: none, output: z.array(ProjectSummary) }),
  'project.create': call({
    by: 'engine',
    input: z.object({ name: z.string().min(1).max(120) }),
    output: DatasetSnapshot,
  }),
  'project.open': call({
    by: 'engine',
    input: z.object({ id: z.string().max(64) }),
    output: DatasetSnapshot,
  }),
  'project.rename': call({
    by: 'engine',
    input: z.object({ name: z.string().min(1).max(120) }),
    output: nothing,
  }),

  'dataset.snapshot': call({ by: 'engine', input: none, output: DatasetSnapshot }),
  'dataset.pictures': call({
    by: 'engine',
    input: z.object({
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(picturesAtOnce),
    }),
    output: PicturePage,
  }),

  'dataset.scan': call({
    by: 'engine',
    input: z.object({ paths: z.array(path).min(1) }),
    output: ScanResult,
    paths: (input) => input.paths,
  }),
  // With a classId all pictures go to that class; `layout` null means the suggested one.
  'dataset.add': call({
    by: 'engine',
    input: z.object({
      paths: z.array(path).min(1),
      classId: ClassId.nullable().default(null),
      layout: Layout.nullable().default(null),
    }),
    output: IntakeResult,
    paths: (input) => input.paths,
  }),
  'dataset.addSample': call({ by: 'engine', input: none, output: IntakeResult }),
  /** The one way to change labels, classes and splits. */
  'dataset.edit': call({ by: 'engine', input: Edit, output: nothing }),
  'dataset.health': call({ by: 'engine', input: none, output: z.array(HealthFinding) }),

  'dataset.importLabels': call({
    by: 'engine',
    // `root` is where relative paths start, null for the folder of the file. Without `apply` it only
    // tells what would come of it.
    input: z.object({ path, root: path.nullable(), apply: z.boolean() }),
    output: LabelImport,
    paths: (input) => [input.path, ...(input.root === null ? [] : [input.root])],
  }),
  // Writes a new file into the folder: path, label, split, excluded, reviewed.
  'dataset.exportLabels': call({
    by: 'engine',
    input: z.object({ folder: path }),
    output: z.object({ path, rows: z.number() }),
    paths: (input) => [input.folder],
  }),
  // Makes a new folder in `folder` with one folder a class, below one a split where `splits` is set.
  'dataset.exportFolders': call({
    by: 'engine',
    input: z.object({ folder: path, as: z.enum(['copies', 'links']), splits: z.boolean() }),
    output: ExportedFolders,
    paths: (input) => [input.folder],
  }),

  // Looks whether every file is still there and the same; what it finds comes as changes.
  'dataset.checkFiles': call({
    by: 'engine',
    input: none,
    output: z.object({ missing: z.number(), changed: z.number() }),
  }),
  'dataset.missing': call({ by: 'engine', input: none, output: z.array(MissingFolder) }),
  // Missing pictures below `from` are looked for at the same place below `to`, then by content.
  'dataset.relocate': call({
    by: 'engine',
    input: z.object({ from: path, to: path }),
    output: z.object({ found: z.number(), byContent: z.number(), missing: z.number() }),
    paths: (input) => [input.to],
  }),

  // Features are computed in the background after suggest.prepare, which answers at once and is to be
  // asked again when pictures came in: what is there already is not computed anew.
  'suggest.prepare': call({
    by: 'engine',
    input: z.object({ weights: z.string().min(1).max(32_768).default('starter') }),
    output: SuggestState,
  }),
  'suggest.cancel': call({ by: 'engine', input: none, output: nothing }),
  'suggest.state': call({ by: 'engine', input: none, output: SuggestState }),
  /** The most alike first, without the picture itself; empty while its features are not there. */
  'suggest.similar': call({
    by: 'engine',
    input: z.object({ picture: PictureId, limit: z.number().int().min(1).max(1_000_000) }),
    output: z.array(Similar),
  }),
  /** Suggestions at least as confident as the threshold, for pictures without a class. */
  'suggest.labels': call({
    by: 'engine',
    input: z.object({ threshold: z.number().min(0).max(1).default(0) }),
    output: LabelSuggestions,
  }),
  /** Pictures without a class in the order in which labelling them teaches most. */
  'suggest.next': call({
    by: 'engine',
    input: z.object({ count: z.number().int().min(1).max(10_000) }),
    output: z.object({ pictures: z.array(PictureId) }),
  }),

  'network.describe': call({
    by: 'engine',
    input: z.object({
      architecture: Architecture,
      flavour: Flavour.default('standard'),
      cut: Cut.nullable(),
      size: z.number().int().min(32).max(1024),
      classes: z.number().int().min(1).max(100_000),
    }),
    output: NetworkPicture,
  }),

  'weights.list': call({ by: 'engine', input: none, output: z.array(WeightsChoice) }),
  'weights.inspect': call({
    by: 'engine',
    input: z.object({ path }),
    output: WeightsChoice,
    paths: (input) => [input.path],
  }),
  'weights.download': call({
    by: 'engine',
    input: z.object({ id: z.string().max(64) }),
    output: nothing,
  }),
  'weights.cancel': call({
    by: 'engine',
    input: z.object({ id: z.string().max(64) }),
    output: nothing,
  }),

  'run.plan': call({ by: 'engine', input: RunConfig, output: RunPlan }),
  'run.start': call({ by: 'engine', input: RunConfig, output: z.object({ runId: z.string() }) }),
  'run.pause': call({ by: 'engine', input: none, output: nothing }),
  'run.resume': call({ by: 'engine', input: none, output: nothing }),
  'run.stop': call({ by: 'engine', input: none, output: nothing }),
  'run.history': call({
    by: 'engine',
    input: z.object({ runId }),
    output: z.array(RunEvent),
  }),
  'run.list': call({ by: 'engine', input: none, output: z.array(RunSummary) }),
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
  }),
  'run.findRate': call({ by: 'engine', input: RunConfig, output: RateSearch }),
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
  }),
  'queue.list': call({ by: 'engine', input: none, output: z.array(QueueItem) }),
  /** Takes out what waits; the one that runs is stopped by run.stop. */
  'queue.cancel': call({
    by: 'engine',
    input: z.object({ ids: z.array(z.string()) }),
    output: nothing,
  }),

  'evaluate.run': call({
    by: 'engine',
    input: z.object({ runId, split: Split }),
    output: Evaluation,
  }),
  /** Minutes for a deep network: each block is one more pass. */
  'evaluate.blocks': call({
    by: 'engine',
    input: z.object({ runId, split: Split }),
    output: BlockEffects,
  }),
  'predict.pictures': call({
    by: 'engine',
    input: z.object({ runId, paths: z.array(path).min(1).max(10_000) }),
    output: z.array(Prediction),
    paths: (input) => input.paths,
  }),
  'predict.image': call({
    by: 'engine',
    input: z.object({
      runId,
      bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length < 200e6),
    }),
    output: Prediction,
  }),
  'export.write': call({
    by: 'engine',
    input: z.object({
      runId,
      formats: z.array(ExportFormat).min(1),
      folder: path,
    }),
    output: z.array(ExportResult),
    paths: (input) => [input.folder],
  }),
} as const

/** What only the main process may ask the engine: the bytes behind appimage://. */
export const internalCalls = {
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
  'picture.thumbnail': call({
    by: 'engine',
    input: z.object({ id: PictureId, size: z.number().int().min(32).max(1024) }),
    output: z.object({ bytes: z.instanceof(Uint8Array), type: z.string() }),
  }),
  'picture.preview': call({
    by: 'engine',
    input: z.object({ id: PictureId }),
    output: z.object({ bytes: z.instanceof(Uint8Array), type: z.string() }),
  }),
} as const

export const events = {
  'engine.status': EngineStatus,
  'dataset.changed': DatasetChange,
  'dataset.progress': z.object({
    phase: z.enum(['scanning', 'reading', 'checking', 'copying', 'idle']),
    done: z.number(),
    total: z.number(),
  }),
  'suggest.progress': SuggestState,
  'weights.progress': z.object({
    id: z.string(),
    received: z.number(),
    total: z.number().nullable(),
    state: z.enum(['downloading', 'done', 'failed', 'cancelled']),
    message: z.string().nullable(),
  }),
  'run.event': RunEvent,
  'queue.changed': z.array(QueueItem),
  /** The person closed the window while a run goes on. */
  'app.closing': z.object({ runId }),
} as const

export type CallName = keyof typeof calls
export type EventName = keyof typeof events
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]>

export type CallsBy<A extends Answerer> = {
  [N in CallName]: (typeof calls)[N]['by'] extends A ? N : never
}[CallName]
export type Handlers<N extends CallName = CallName> = {
  readonly [K in N]: (
    input: z.output<(typeof calls)[K]['input']>,
  ) => CallOutput<K> | Promise<CallOutput<K>>
}

/** How the engine tells the window of something. */
export type Post = <N extends EventName>(event: N, payload: EventPayload<N>) => void

/** Every answer that crosses a process boundary. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly code: FailureCode | 'bug'
      readonly details: Readonly<Record<string, string | number>>
      readonly message: string
      readonly hint: string
    }

/** What preload puts on `window.restage`; the renderer knows nothing else of the outside. */
export interface Api {
  call<N extends CallName>(
    name: N,
    ...input: CallInput<N> extends undefined ? [] : [CallInput<N>]
  ): Promise<Answer<CallOutput<N>>>
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void
  /** Real paths of dropped or pasted files, granted to the app from then on. */
  pathsOf(files: readonly unknown[]): readonly string[]
}
