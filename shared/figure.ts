// How good a model is on photos that neither taught it nor chose it, as a figure that may be shown.
import { z } from 'zod'
import { Stage } from './network'

export const Figure = z.object({
  /** `outOfFold`: every photo was judged by heads that other photos taught. `crossFitted`: every validation
   *  photo was judged by the epoch that the other validation photos choose. `heldOut`: by a model that these
   *  photos neither taught nor chose. */
  kind: z.enum(['outOfFold', 'crossFitted', 'heldOut']),
  accuracy: z.number(),
  /** Mean over the classes of the share of their photos that was right. */
  balancedAccuracy: z.number(),
  /** 95 % interval of the accuracy. */
  low: z.number(),
  high: z.number(),
  photos: z.number(),
})
export type Figure = z.infer<typeof Figure>

/** A way to train that a run tried, judged on the same photos as the one kept before it. */
export const Candidate = z.object({
  /** `head`: the exact head alone. `tuned`: with stages trained, and their own head. `refitted`: the exact
   *  head solved again on the tuned features. `blended`: tuned and frozen weights interpolated (Wortsman et
   *  al. 2022). `ensembled`: the mean of both models' answers. */
  name: z.enum(['head', 'tuned', 'refitted', 'blended', 'ensembled']),
  /** The stages that it trained; the head only: []. */
  trains: z.array(Stage),
  photos: z.number(),
  accuracy: z.number(),
  /** Mean gain in accuracy over the candidate kept before, and its standard error, paired by photo; null for
   *  the first. */
  gain: z.number().nullable(),
  gainError: z.number().nullable(),
  /** Whether it took the place of the one kept before. */
  kept: z.boolean(),
})
export type Candidate = z.infer<typeof Candidate>

/** Heads taught by some of the photos, judged on photos that they have not seen. */
export const LearningCurve = z.object({
  points: z.array(z.object({ photos: z.number(), accuracy: z.number(), loss: z.number() })),
  /** What that many more photos would add to the accuracy, extrapolated; null: not known. */
  more: z.object({ photos: z.number(), gain: z.number() }).nullable(),
})
export type LearningCurve = z.infer<typeof LearningCurve>

/** What was done so that "90 % sure" is right 90 times of 100. */
export const Calibration = z.object({
  /** Logits are divided by it. */
  temperature: z.number().positive(),
  /** Expected calibration error without it and with one that other photos chose, 0 to 1. */
  errorBefore: z.number(),
  errorAfter: z.number(),
})
export type Calibration = z.infer<typeof Calibration>
