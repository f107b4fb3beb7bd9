// A training run: what was asked (RunConfig), what happened (RunEvent, one a line in metrics.jsonl)
// and what that adds up to (reduceRun). The window, the terminal and the tests use the same reducer.
import { z } from 'zod'
import { Architecture, Cut, Stage } from './network'

/** `moving`: batch norms use the kept statistics and do not update them; `batch`: the batch's, kept
 *  as a running estimate. */
export const BatchNormMode = z.enum(['moving', 'batch'])

export const RunConfig = z.object({
  /** A catalogue id, a file's path, or null for a random start. */
  weights: z.string().nullable().default('starter'),
  /** null: what the weights are made for. */
  architecture: Architecture.nullable().default(null),
  cut: Cut.nullable().default(null),
  /** null: every stage but the head. */
  frozen: z.array(Stage).nullable().default(null),
  frozenBatchNorm: BatchNormMode.default('moving'),
  /** For single stages; one that is not named uses the batch's statistics where it trains (not
   *  above a lone head), and `frozenBatchNorm` where it is frozen. */
  batchNorm: z.partialRecord(Stage, BatchNormMode).default({}),
  epochs: z.number().int().min(1).max(10_000).default(25),
  batch: z.number().int().min(1).max(1024).default(32),
  optimizer: z.enum(['sgd', 'adamw']).default('sgd'),
  /** null: chosen by the optimiser and by whether the head trains alone. */
  learningRate: z.number().positive().max(10).nullable().default(null),
  momentum: z.number().min(0).max(0.999).default(0.9),
  weightDecay: z.number().min(0).max(1).default(1e-4),
  /** Learning-rate multipliers of stages; a stage that is not named has 0.1 below the head. */
  multipliers: z.partialRecord(Stage, z.number().min(0).max(100)).default({}),
  warmupFraction: z.number().min(0).max(0.5).default(0.05),
  /** Side of the square input in pixels; null: what the weights do best with. */
  size: z.number().int().min(32).max(1024).nullable().default(null),
  precision: z.enum(['auto', 'float32', 'bfloat16']).default('auto'),
  augment: z.enum(['none', 'basic']).default('none'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  valFraction: z.number().gt(0).lt(0.9).default(0.2),
})
export type RunConfig = z.infer<typeof RunConfig>
export type RunRequest = z.input<typeof RunConfig>

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
  }),
  z.object({
    ...base,
    type: z.literal('warning'),
    message: z.string(),
    path: z.string().nullable(),
  }),
  z.object({ ...base, type: z.literal('paused') }),
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
export type RunNews = Unsequenced<RunEvent>
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

export type RunStatus = 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed'
export interface RunState {
  readonly runId: string
  readonly status: RunStatus
  readonly lastSequence: number
  readonly started: EventOf<'started'> | null
  readonly phase: EventOf<'phase'> | null
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
    steps: of('step'),
    epochs: of('epoch'),
    best: last(of('epoch').filter((event) => event.best)),
    warnings: of('warning'),
    finished: last(of('finished')),
    failure: last(of('failed')),
  }
}

/** A run that goes on from a checkpoint does again what it had told beyond it, and is no longer
 *  ended. */
function withoutUndone(sorted: readonly RunEvent[]): readonly RunEvent[] {
  let again = -1
  sorted.forEach((event, i) => {
    if (event.type === 'started') again = i
  })
  if (again <= 0) return sorted
  const { from } = sorted[again] as EventOf<'started'>
  return sorted.filter((event, i) => {
    if (i >= again) return true
    if (event.type === 'step' || event.type === 'epoch') return event.epoch <= from + 1e-9
    return event.type !== 'finished' && event.type !== 'failed'
  })
}

function nextStatus(status: RunStatus, event: RunEvent): RunStatus {
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
    case 'warning':
      return status
  }
}

export const isActive = (status: RunStatus) =>
  status === 'preparing' || status === 'running' || status === 'paused'

export const RunSummary = z.object({
  runId: z.string(),
  created: z.number(),
  architecture: Architecture,
  cut: Cut.nullable(),
  weights: z.string().nullable(),
  classes: z.array(z.string()),
  trains: z.array(Stage),
  epochs: z.number(),
  bestValAccuracy: z.number().nullable(),
  bestEpoch: z.number().nullable(),
  status: z.enum(['preparing', 'running', 'paused', 'finished', 'stopped', 'failed']),
})
export type RunSummary = z.infer<typeof RunSummary>
