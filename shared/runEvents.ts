// What happens in a training run, one event a line in metrics.jsonl. runState.ts adds them up.
import { z } from 'zod'
import { Calibration, Candidate, Figure, LearningCurve } from './figure'
import { FailureDetails } from './failure'
import { Stage, View } from './network'
import { StoredReason } from './reason'
import { RunConfig } from './runConfig'
import { RunPlan } from './runPlan'

export const phases = ['preparing', 'features', 'training'] as const
export const Phase = z.enum(phases)
export type Phase = z.infer<typeof Phase>

const base = { runId: z.string(), sequence: z.number().int(), time: z.number() }
export const RunEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('started'),
    config: RunConfig,
    plan: RunPlan,
    classes: z.array(z.string()),
    /** Epochs kept from before; steps and epochs reported beyond them are repeated. */
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
    /** How many validation photos were predicted as each class. */
    predicted: z.array(z.number()).default([]),
    /** Mean over the classes of the share of their validation photos that was right, where it chooses the
     *  best epoch (class weights, balanced sampling); null: the accuracy does. */
    valBalancedAccuracy: z.number().nullable().default(null),
    /** What it said of the validation photos (statistics/judgementCode.ts); empty: not kept. */
    judged: z.string().default(''),
  }),
  /** A leg begins: from here on, other stages train. */
  z.object({ ...base, type: z.literal('leg'), leg: z.number(), trains: z.array(Stage) }),
  /** A head was solved exactly with one penalty, stronger ones first, by features of `views`. */
  z.object({
    ...base,
    type: z.literal('penalty'),
    views: z.array(View),
    /** Weight of half the squared weights against the mean cross-entropy. */
    penalty: z.number(),
    /** Of the photos that taught, mean over the folds. */
    trainLoss: z.number(),
    trainAccuracy: z.number(),
    /** Of photos that the head had not seen. */
    outOfFoldLoss: z.number(),
    outOfFoldAccuracy: z.number(),
  }),
  z.object({ ...base, type: z.literal('learningCurve'), ...LearningCurve.shape }),
  z.object({ ...base, type: z.literal('candidate'), ...Candidate.shape }),
  /** A photo was left out (`path`), or the run goes on otherwise than planned (null). */
  z.object({
    ...base,
    type: z.literal('warning'),
    message: StoredReason,
    path: z.string().nullable(),
  }),
  /** `reason` is a failure's code; null: the person paused it. `retrying`: it goes on by itself once
   *  the cause is gone. */
  z.object({
    ...base,
    type: z.literal('paused'),
    reason: z.string().nullable().default(null),
    details: FailureDetails.default({}),
    retrying: z.boolean().default(false),
  }),
  z.object({ ...base, type: z.literal('resumed') }),
  z.object({
    ...base,
    type: z.literal('finished'),
    bestEpoch: z.number(),
    bestValAccuracy: z.number(),
    /** What the best epoch is the best in; `balancedAccuracy`: every class counts the same. */
    chosenBy: z.enum(['accuracy', 'balancedAccuracy']).default('accuracy'),
    secondsTotal: z.number(),
    secondsFeatures: z.number(),
    imagesPerSecond: z.number(),
    peakMemoryBytes: z.number(),
    /** It stopped early: validation had not improved for as long as the configuration allows. */
    early: z.boolean().default(false),
    /** Null: not measured, as in runs of earlier versions. */
    figure: Figure.nullable().default(null),
    calibration: Calibration.nullable().default(null),
    /** Of a solved or tuned run: the views of its head, and the penalty that was chosen out of fold; 0: the
     *  head was tuned without one. */
    head: z
      .object({ views: z.array(View), penalty: z.number() })
      .nullable()
      .default(null),
  }),
  z.object({ ...base, type: z.literal('stopped') }),
  z.object({
    ...base,
    type: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    details: FailureDetails.optional(),
  }),
])
export type RunEvent = z.infer<typeof RunEvent>
type Unsequenced<E> = E extends unknown ? Omit<E, 'runId' | 'sequence' | 'time'> : never
/** An event before it is numbered and dated. */
export type RunNews = Unsequenced<z.input<typeof RunEvent>>
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>
