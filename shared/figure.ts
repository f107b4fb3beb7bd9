// How good a model is on photos that neither taught it nor chose it, as a figure that may be shown.
import { z } from 'zod'

export const Figure = z.object({
  /** `outOfFold`: every photo was judged by heads that other photos taught. `crossFitted`: every validation
   *  photo was judged by the epoch that the other validation photos choose. */
  kind: z.enum(['outOfFold', 'crossFitted']),
  accuracy: z.number(),
  /** Mean over the classes of the share of their photos that was right. */
  balancedAccuracy: z.number(),
  /** 95 % interval of the accuracy. */
  low: z.number(),
  high: z.number(),
  photos: z.number(),
})
export type Figure = z.infer<typeof Figure>

/** What was done so that "90 % sure" is right 90 times of 100. */
export const Calibration = z.object({
  /** Logits are divided by it. */
  temperature: z.number().positive(),
  /** Expected calibration error without it and with one that other photos chose, 0 to 1. */
  errorBefore: z.number(),
  errorAfter: z.number(),
})
export type Calibration = z.infer<typeof Calibration>
