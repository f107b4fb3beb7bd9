// What happened in a training run (RunEvent, one a line in metrics.jsonl) and what that adds up to
// (reduceRun). The window (through RunLog, which adds up as events come), the terminal and the tests
// use the same reducer.
import { z } from 'zod'
import { Precision } from './device'
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
  precision: Precision,
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
  /** Why it rests; null while it does not. */
  readonly rest: EventOf<'paused'> | null
  /** When the first event came, in ms. */
  readonly began: number
  readonly breaks: readonly Break[]
}
/** A time, in ms, in which nothing was computed that was kept; `to` null: it still lasts. */
export interface Break {
  readonly from: number
  readonly to: number | null
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
  const status = ordered.reduce<RunStatus>(nextStatus, 'preparing')
  return {
    runId: ordered[0]?.runId ?? '',
    status,
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
    rest: status === 'paused' ? last(of('paused')) : null,
    began: ordered[0]?.time ?? 0,
    breaks: breaksOf(ordered),
  }
}

/** A run that goes on from a checkpoint does again what it had told beyond it, and is no longer
 *  ended. A part of the run that had begun beyond it begins again. */
function withoutUndone(sorted: readonly RunEvent[]): readonly RunEvent[] {
  let kept: RunEvent[] = []
  for (const event of sorted) {
    if (event.type === 'started' && kept.length) kept = keptUntil(kept, event.from)
    kept.push(event)
  }
  return kept
}

function keptUntil(told: readonly RunEvent[], from: number): RunEvent[] {
  const within = told.filter(
    (event) => !(event.type === 'step' || event.type === 'epoch') || event.epoch <= from + 1e-9,
  )
  const learnt = within.filter(({ type }) => type === 'step' || type === 'epoch')
  const reached = learnt[learnt.length - 1]?.sequence ?? -1
  return within.filter(
    ({ type, sequence }) =>
      type !== 'finished' && type !== 'failed' && !(type === 'leg' && sequence > reached),
  )
}

function breaksOf(ordered: readonly RunEvent[]): readonly Break[] {
  const breaks: Break[] = []
  let reached = ordered[0]?.time ?? 0
  ordered.forEach((event, i) => {
    if (event.type === 'started' && i > 0) addLostTime(breaks, reached, event.time)
    else addPause(breaks, event)
    if (event.type === 'step' || event.type === 'epoch') reached = event.time
  })
  return breaks
}

/** Opens a break with a pause and closes it with its end. */
export function addPause(breaks: Break[], event: RunEvent): void {
  const last = breaks[breaks.length - 1]
  const open = last?.to === null
  if (event.type === 'paused' && !open) breaks.push({ from: event.time, to: null })
  if (event.type === 'resumed' && last && open) {
    breaks[breaks.length - 1] = { from: last.from, to: event.time }
  }
}

/** From the last thing that was kept until the run went on from there. */
function addLostTime(breaks: Break[], reached: number, to: number) {
  let from = reached
  while (breaks.length) {
    const last = breaks[breaks.length - 1]!
    if (last.to !== null && last.from < reached) {
      from = Math.max(from, last.to)
      break
    }
    from = Math.min(from, last.from)
    breaks.pop()
  }
  breaks.push({ from, to })
}

/** How long a run had computed at a time, in seconds, pauses left out. */
export function secondsAt({ began, breaks }: RunState, time: number): number {
  const idle = breaks.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to ?? time, time) - from),
    0,
  )
  return (time - began - idle) / 1000
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
  precision: Precision,
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
