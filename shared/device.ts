// What computes.
import { z } from 'zod'
import { Reason } from './reason'

/** bfloat16: activations in bfloat16, weights and sums in float32. */
export const Precision = z.enum(['float32', 'bfloat16'])
export type Precision = z.infer<typeof Precision>

/** What computes: the processor, or a graphics card by its name (empty where it does not tell it). */
export const ComputeDevice = z.object({ kind: z.enum(['cpu', 'cuda']), name: z.string() })
export type ComputeDevice = z.infer<typeof ComputeDevice>

/** In English, for a terminal and for the names of stored measurements. */
export const describeDevice = ({ kind, name }: ComputeDevice, cores: number) =>
  kind === 'cpu' ? `CPU, ${cores} ${cores === 1 ? 'core' : 'cores'}` : `${name || 'GPU'} (CUDA)`

export const EngineStatus = z.object({
  state: z.enum(['starting', 'ready', 'failed', 'restarting']),
  engine: z.string(),
  device: ComputeDevice,
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
