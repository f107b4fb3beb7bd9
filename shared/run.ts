// What happened in a training run (RunEvent, one a line in metrics.jsonl) and what that adds up to
// (reduceRun). The window, the terminal and the tests use the same reducer.
import { z } from 'zod'
import { Architecture, Cut, Stage } from './network'
import { RunConfig } from './runConfig'

export * from './runConfig'

export const phases = ['preparing', 'features', 'training'] as const
export const Phase = z.enum(phases)
export type Phase = z.infer<typeof Phase>

/** What a run will do, said before it starts. */
export const RunPlan = z.object({
  architecture: Architecture,
  cut: Cut.nullable(),
  size: z.number(),
  precision: z.enum(['float32', 'bfloat16']),
  trains: z.array(Stage),
  frozen: z.array(Stage),
  /** Stages whose batch norms use the batch's statistics. */
  batchStatistics: z.array(Stage).default([]),
  /** The stage whose output is computed once and cached; null: nothing is. */
  cachedAfter: Stage.nullable(),
  /** Of all legs together. */
  epochs: z.number().default(0),
  /** What each part of the run does; `trains`, `frozen` and `cachedAfter` above are the last's. */
  legs: z
    .array(
      z.object({
        trains: z.array(Stage),
        cachedAfter: Stage.nullable(),
        epochs: z.number(),
        secondsPerEpoch: z.number().nullable(),
        /** Before its first epoch: computing features, building the graph. */
        secondsBefore: z.number().nullable(),
      }),
    )
    .default([]),
  trainPhotos: z.number(),
  valPhotos: z.number(),
  trainableParameters: z.number(),
  parameters: z.number(),
  /** Measured on this machine where it can be, else estimated; null: not known yet. */
  secondsTotal: z.number().nullable(),
  secondsPerEpoch: z.number().nullable(),
  memoryBytes: z.number(),
})
export type RunPlan = z.infer<typeof RunPlan>

const base = { runId: z.string(), sequence: z.number().int(), time: z.number() }
export const RunEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('started'),
    config: RunConfig,
    plan: RunPlan,
    classes: z.array(z.string()),
    /** Epochs kept from before; what was told beyond them is done again. */
    from: z.number().default(0),
  }),
  z.object({
    ...base,
    type: z.literal('phase'),
    phase: Phase,
    done: z.number(),
    total: z.number(),
    imagesPerSecond: z.number().nullable(),
  }),
  z.object({
    ...base,
    type: z.literal('step'),
    step: z.number(),
    epoch: z.number(),
    loss: z.number(),
    accuracy: z.number(),
    learningRate: z.number(),
    imagesPerSecond: z.number(),
  }),
  z.object({
    ...base,
    type: z.literal('epoch'),
    epoch: z.number(),
    trainLoss: z.number(),
    trainAccuracy: z.number(),
    valLoss: z.number(),
    valAccuracy: z.number(),
    seconds: z.number(),
    best: z.boolean(),
    learningRate: z.number().default(0),
    imagesPerSecond: z.number().default(0),
    /** How many validation photos were called each class. */
    predicted: z.array(z.number()).default([]),
  }),
  /** A part of the run begins; from here on other stages train. */
  z.object({ ...base, type: z.literal('leg'), leg: z.number(), trains: z.array(Stage) }),
  z.object({
    ...base,
    type: z.literal('warning'),
    message: z.string(),
    path: z.string().nullable(),
  }),
  /** `reason` is a failure's code where not the person paused it; `retrying`: it goes on by itself
   *  once the cause is gone. */
  z.object({
    ...base,
    type: z.literal('paused'),
    reason: z.string().nullable().default(null),
    details: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    retrying: z.boolean().default(false),
  }),
  z.object({ ...base, type: z.literal('resumed') }),
  z.object({
    ...base,
    type: z.literal('finished'),
    bestEpoch: z.number(),
    bestValAccuracy: z.number(),
    secondsTotal: z.number(),
    secondsFeatures: z.number(),
    imagesPerSecond: z.number(),
    peakMemoryBytes: z.number(),
    /** Nothing got better for as long as the configuration waits. */
    early: z.boolean().default(false),
  }),
  z.object({ ...base, type: z.literal('stopped') }),
  z.object({
    ...base,
    type: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  }),
])
export type RunEvent = z.infer<typeof RunEvent>
type Unsequenced<E> = E extends unknown ? Omit<E, 'runId' | 'sequence' | 'time'> : never
/** An event before the run has numbered it. */
export type RunNews = Unsequenced<z.input<typeof RunEvent>>
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

export type RunStatus = 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed'
export interface RunState {
  readonly runId: string
  readonly status: RunStatus
  readonly lastSequence: number
  readonly started: EventOf<'started'> | null
  readonly phase: EventOf<'phase'> | null
  readonly legs: readonly EventOf<'leg'>[]
  readonly steps: readonly EventOf<'step'>[]
  readonly epochs: readonly EventOf<'epoch'>[]
  readonly best: EventOf<'epoch'> | null
  readonly warnings: readonly EventOf<'warning'>[]
  readonly finished: EventOf<'finished'> | null
  readonly failure: EventOf<'failed'> | null
}

/** Adds up a run's events, in any order and with repeats (by sequence number). */
export function reduceRun(events: readonly RunEvent[]): RunState {
  const sorted = [...new Map(events.map((event) => [event.sequence, event])).values()].sort(
    (a, b) => a.sequence - b.sequence,
  )
  const ordered = withoutUndone(sorted)
  const of = <T extends RunEvent['type']>(type: T) =>
    ordered.filter((event): event is EventOf<T> => event.type === type)
  const last = <T>(list: readonly T[]) => list[list.length - 1] ?? null
  return {
    runId: ordered[0]?.runId ?? '',
    status: ordered.reduce<RunStatus>(nextStatus, 'preparing'),
    lastSequence: last(ordered)?.sequence ?? -1,
    started: last(of('started')),
    phase: last(of('phase')),
    legs: of('leg'),
    steps: of('step'),
    epochs: of('epoch'),
    best: last(of('epoch').filter((event) => event.best)),
    warnings: of('warning'),
    finished: last(of('finished')),
    failure: last(of('failed')),
  }
}

/** Each time a run goes on from a checkpoint it does again what it had told beyond it, and is no
 *  longer ended. */
function withoutUndone(sorted: readonly RunEvent[]): readonly RunEvent[] {
  let kept: RunEvent[] = []
  for (const event of sorted) {
    if (event.type === 'started') kept = kept.filter((told) => isKept(told, event.from))
    kept.push(event)
  }
  return kept
}

/** `from` counts epochs, the one under way as a fraction. */
function isKept(event: RunEvent, from: number): boolean {
  if (event.type === 'step' || event.type === 'epoch') return event.epoch <= from + 1e-9
  return event.type !== 'finished' && event.type !== 'failed'
}

export function nextStatus(status: RunStatus, event: RunEvent): RunStatus {
  switch (event.type) {
    case 'started':
      return 'preparing'
    case 'phase':
      return event.phase === 'training' && status === 'preparing' ? 'running' : status
    case 'step':
    case 'epoch':
      return status === 'paused' ? 'paused' : 'running'
    case 'paused':
      return 'paused'
    case 'resumed':
      return 'running'
    case 'finished':
      return 'finished'
    case 'stopped':
      return 'stopped'
    case 'failed':
      return 'failed'
    case 'leg':
    case 'warning':
      return status
  }
}

export const isActive = (status: RunStatus) =>
  status === 'preparing' || status === 'running' || status === 'paused'

/** What a person writes to a run. */
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
  status: z.enum(['preparing', 'running', 'paused', 'finished', 'stopped', 'failed']),
  /** It ended before its time and there is a checkpoint to go on from. */
  resumable: z.boolean().default(false),
  config: RunConfig,
  precision: z.enum(['float32', 'bfloat16']),
  size: z.number(),
  trainPhotos: z.number(),
  valPhotos: z.number(),
  /** SHA-256 over paths, labels and splits: equal where two runs saw the same data. */
  dataset: z.string(),
  versions: z.record(z.string(), z.string()),
  /** Computing, pauses left out. */
  seconds: z.number(),
  secondsPlanned: z.number().nullable(),
  /** Of the weights that were kept. */
  modelBytes: z.number(),
  peakMemoryBytes: z.number().nullable(),
  /** The queue it belongs to; null: none. */
  queue: z.string().nullable().default(null),
})
export type RunSummary = z.infer<typeof RunSummary>

/** What a preset would do here. */
export const PresetOffer = z.object({
  preset: z.enum(['quick', 'balanced', 'thorough']),
  config: RunConfig,
  plan: RunPlan,
  /** Fits these photos best. */
  recommended: z.boolean(),
  /** Why, as keys of the interface's texts. */
  reasons: z.array(
    z.enum([
      'fewPhotos',
      'manyPhotos',
      'unbalanced',
      'likePretraining',
      'unlikePretraining',
      'slowHere',
    ]),
  ),
})
export type PresetOffer = z.infer<typeof PresetOffer>

/** Loss over a rate that grows with every step (Smith 2017, section 3.3). */
export const RateSearch = z.object({
  rates: z.array(z.number()),
  losses: z.array(z.number()),
  /** Null: the curve has no slope to choose from. */
  suggested: z.number().nullable(),
})
export type RateSearch = z.infer<typeof RateSearch>

export const QueueItem = z.object({
  id: z.string(),
  queue: z.string(),
  label: z.string(),
  config: RunConfig,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  runId: z.string().nullable(),
  /** Why it failed. */
  message: z.string().nullable(),
})
export type QueueItem = z.infer<typeof QueueItem>
