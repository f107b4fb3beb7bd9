// Calls and events about what a trained run says of photos.
import { z } from 'zod'
import { Split } from '../dataset'
import { BlockEffects, Evaluation, Prediction } from '../evaluation'
import { call, runId, path } from './call'

export const evaluateCalls = {
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
} as const
