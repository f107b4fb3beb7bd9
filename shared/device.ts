// What computes.
import { z } from 'zod'
import { Reason } from './reason'

/** bfloat16: activations in bfloat16, weights and sums in float32. */
export const Precision = z.enum(['float32', 'bfloat16'])
export type Precision = z.infer<typeof Precision>

export const EngineStatus = z.object({
  state: z.enum(['starting', 'ready', 'failed', 'restarting']),
  engine: z.string(),
  device: z.string(),
  precision: Precision,
  threads: z.number(),
  memoryBytes: z.number(),
  versions: z.record(z.string(), z.string()),
  problems: z.array(Reason),
  /** Why this device and precision. */
  reasons: z.array(Reason).default([]),
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
