// How far a run has come, as plain numbers: what a checkpoint holds beside the tensors. Everything
// drawn at random is a function of the seed and of these numbers, so a resumed run repeats exactly.
// A Progress value never changes; each function returns the next one. The field names are stored in
// checkpoints: do not rename them.
import { z } from 'zod'
import { Calibration } from '../../../shared/figure'
import type { RunConfig } from '../../../shared/runConfig'
import type { LegSettings } from '../plan/legs'

const EpochRecord = z.object({
  epoch: z.number(),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  valLoss: z.number(),
  valAccuracy: z.number(),
  seconds: z.number(),
  best: z.boolean(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
  predicted: z.array(z.number()),
  valBalancedAccuracy: z.number().nullable().default(null),
  judged: z.string().default(''),
})
export type EpochRecord = z.infer<typeof EpochRecord>

export const Progress = z.object({
  /** Number of checkpoints written. */
  saved: z.number(),
  /** Index into Settings.legs of the part being trained, and how many of its epochs are finished. */
  part: z.number(),
  epochOfPart: z.number(),
  /** Finished epochs of the run. */
  epoch: z.number(),
  /** Batches done in the current epoch, and how many it has (0 between epochs). */
  batch: z.number(),
  batches: z.number(),
  /** Optimizer steps of the run and of the current leg. */
  step: z.number(),
  stepOfLeg: z.number(),
  /** Current epoch: loss and correct answers summed over photos, last learning rate, seconds in all
   *  and in steps. */
  sums: z.object({
    loss: z.number(),
    correct: z.number(),
    photos: z.number(),
    learningRate: z.number(),
    seconds: z.number(),
    secondsOfSteps: z.number(),
  }),
  best: z
    .object({
      epoch: z.number(),
      accuracy: z.number(),
      balancedAccuracy: z.number().nullable().default(null),
      loss: z.number(),
      calibration: Calibration.nullable().default(null),
    })
    .nullable(),
  /** Epochs finished before those that `best` was chosen from. */
  choiceFrom: z.number().default(0),
  /** Lowest validation loss of this part, and the number of epochs since. */
  lowest: z.number().nullable(),
  waited: z.number(),
  /** The last finished epoch. */
  last: EpochRecord.nullable(),
  /** Totals of the run, without pauses. */
  photos: z.number(),
  seconds: z.object({ total: z.number(), features: z.number(), training: z.number() }),
})
export type Progress = Readonly<z.infer<typeof Progress>>

const emptySums: Progress['sums'] = {
  loss: 0,
  correct: 0,
  photos: 0,
  learningRate: 0,
  seconds: 0,
  secondsOfSteps: 0,
}

export const initialProgress: Progress = {
  ...{ saved: 0, part: 0, epochOfPart: 0, epoch: 0, batch: 0, batches: 0, step: 0, stepOfLeg: 0 },
  ...{ sums: emptySums, best: null, choiceFrom: 0, lowest: null, waited: 0, last: null, photos: 0 },
  seconds: { total: 0, features: 0, training: 0 },
}

/** Epochs done, counting the current one as a fraction. */
export const epochsDone = ({ epoch, batch, batches }: Progress) =>
  epoch + (batches > 0 ? batch / batches : 0)

/** Whether this part has no more epochs. Early stopping ends only the last part of a leg: an earlier
 *  one, at a smaller picture size, is followed by the larger size in any case. */
export function isPartOver(progress: Progress, leg: LegSettings, { patience }: RunConfig) {
  const mayStopEarly = leg.epochsBefore + leg.epochs === leg.epochsOfLeg
  const isOutOfPatience = patience !== null && mayStopEarly && progress.waited >= patience
  return progress.epochOfPart >= leg.epochs || isOutOfPatience
}

/** Moves on to the next part. Results at different picture sizes do not compare, so after a change of
 *  size the first epoch counts as the best so far. */
export function afterPart(progress: Progress, legs: readonly LegSettings[]): Progress {
  const before = legs[progress.part]!
  const next = legs[progress.part + 1]
  return {
    ...progress,
    part: progress.part + 1,
    epochOfPart: 0,
    lowest: null,
    waited: 0,
    stepOfLeg: next?.leg === before.leg ? progress.stepOfLeg : 0,
    ...(next && next.network.size !== before.network.size && chosenAnew(progress)),
  }
}

/** The next epoch is the best so far, whatever was before. */
export const chosenAnew = ({ epoch }: Progress) => ({ best: null, choiceFrom: epoch })

export interface DoneStep {
  /** Mean over the batch. */
  readonly loss: number
  readonly correct: number
  /** Photos in the batch. */
  readonly size: number
  readonly learningRate: number
  readonly seconds: number
}

/** Adds one optimizer step to the current epoch. */
export function afterStep(before: Progress, done: DoneStep): Progress {
  const progress = afterTraining(before, done.seconds)
  const { sums } = progress
  return {
    ...progress,
    step: progress.step + 1,
    stepOfLeg: progress.stepOfLeg + 1,
    photos: progress.photos + done.size,
    sums: {
      ...sums,
      loss: sums.loss + done.loss * done.size,
      correct: sums.correct + done.correct,
      photos: sums.photos + done.size,
      learningRate: done.learningRate,
      secondsOfSteps: sums.secondsOfSteps + done.seconds,
    },
  }
}

/** Adds seconds of training or validation to the current epoch and to the run. */
export const afterTraining = (progress: Progress, spent: number): Progress => ({
  ...progress,
  sums: { ...progress.sums, seconds: progress.sums.seconds + spent },
  seconds: {
    ...progress.seconds,
    total: progress.seconds.total + spent,
    training: progress.seconds.training + spent,
  },
})

/** Adds seconds of any other work to the run; `features` of them were spent on computing features. */
export const afterOtherWork = (
  progress: Progress,
  { spent = 0, features = 0 }: { readonly spent?: number; readonly features?: number },
): Progress => ({
  ...progress,
  seconds: {
    ...progress.seconds,
    total: progress.seconds.total + spent,
    features: progress.seconds.features + features,
  },
})

type Validation = Pick<
  EpochRecord,
  'valLoss' | 'valAccuracy' | 'valBalancedAccuracy' | 'predicted' | 'judged'
>

/** The record of the epoch that has just been validated. */
export function recordOf({ epoch, sums, best }: Progress, validation: Validation): EpochRecord {
  return {
    ...validation,
    epoch: epoch + 1,
    trainLoss: sums.loss / Math.max(1, sums.photos),
    trainAccuracy: sums.correct / Math.max(1, sums.photos),
    seconds: sums.seconds,
    learningRate: sums.learningRate,
    imagesPerSecond: sums.photos / Math.max(0.001, sums.secondsOfSteps),
    best: best === null || isBetter(validation, best),
  }
}

/** By balanced accuracy where every class counts the same, else by accuracy; then by loss. Without
 *  validation photos the last epoch is the best. */
function isBetter(
  { valAccuracy, valBalancedAccuracy, valLoss, judged }: Validation,
  best: NonNullable<Progress['best']>,
): boolean {
  if (judged === '') return true
  const [own, other] = [valBalancedAccuracy ?? valAccuracy, best.balancedAccuracy ?? best.accuracy]
  return own > other || (own === other && valLoss < best.loss)
}

/** Counts the epoch of `record` as finished. `calibration` is of its answers to the validation photos. */
export function afterEpoch(
  progress: Progress,
  record: EpochRecord,
  calibration: Calibration | null,
): Progress {
  const { epoch, valLoss: loss, valAccuracy: accuracy } = record
  const balancedAccuracy = record.valBalancedAccuracy
  const isLowest = progress.lowest === null || loss < progress.lowest
  return {
    ...progress,
    epoch,
    epochOfPart: progress.epochOfPart + 1,
    batch: 0,
    batches: 0,
    sums: emptySums,
    best: record.best ? { epoch, accuracy, balancedAccuracy, loss, calibration } : progress.best,
    lowest: isLowest ? loss : progress.lowest,
    waited: isLowest ? 0 : progress.waited + 1,
    last: record,
  }
}
