// What computes.
import { z } from 'zod'

/** bfloat16: activations in bfloat16, weights and sums in float32. */
export const Precision = z.enum(['float32', 'bfloat16'])
export type Precision = z.infer<typeof Precision>
