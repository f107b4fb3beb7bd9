// What a run will do, known before it starts: its plan, what each preset would plan, and the search for
// a learning rate.
import { z } from 'zod'
import { Precision } from './device'
import { Architecture, Cut, Stage } from './network'
import { RunConfig } from './runConfig'

/** What a run will do, known before it starts. */
export const RunPlan = z.object({
  architecture: Architecture,
  cut: Cut.nullable(),
  size: z.number(),
  precision: Precision,
  trains: z.array(Stage),
  frozen: z.array(Stage),
  /** Stages whose batch norms use the batch's statistics. */
  batchStatistics: z.array(Stage).default([]),
  /** Factors on the learning rate of the stages that train. */
  multipliers: z.partialRecord(Stage, z.number()).default({}),
  /** The stage whose output is computed once and cached; null: none. */
  cachedAfter: Stage.nullable(),
  /** In all legs together. */
  epochs: z.number().default(0),
  /** `trains`, `frozen`, `batchStatistics`, `multipliers` and `cachedAfter` above are those of the last leg. */
  legs: z
    .array(
      z.object({
        trains: z.array(Stage),
        cachedAfter: Stage.nullable(),
        epochs: z.number(),
        secondsPerEpoch: z.number().nullable(),
        /** Before its first epoch: computing features and building the graph. */
        secondsBefore: z.number().nullable(),
        /** Of them, for the features that are not in the cache. */
        secondsFeatures: z.number().nullable().default(null),
      }),
    )
    .default([]),
  trainPhotos: z.number(),
  valPhotos: z.number(),
  trainableParameters: z.number(),
  parameters: z.number(),
  /** Predicted from what work costs on this machine; null: not measured yet. */
  secondsTotal: z.number().nullable(),
  secondsPerEpoch: z.number().nullable(),
  /** Predicted for the features of all legs where nothing is cached. */
  secondsUncached: z.number().nullable().default(null),
  memoryBytes: z.number(),
})
export type RunPlan = z.infer<typeof RunPlan>

/** What a preset would do with these photos. */
export const PresetOffer = z.object({
  preset: z.enum(['quick', 'balanced', 'thorough']),
  config: RunConfig,
  plan: RunPlan,
  /** Fits these photos best. */
  recommended: z.boolean(),
  /** Why it was chosen as it was, as keys of the interface's texts. */
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

/** Loss over a learning rate that grows with every step (Smith 2017, section 3.3). */
export const RateSearch = z.object({
  rates: z.array(z.number()),
  losses: z.array(z.number()),
  /** Null: the loss never falls clearly, so no rate can be chosen. */
  suggested: z.number().nullable(),
})
export type RateSearch = z.infer<typeof RateSearch>
