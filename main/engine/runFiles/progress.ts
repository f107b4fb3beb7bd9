// Where a run stands, as plain numbers: what a checkpoint holds beside the tensors. All that is drawn
// at random follows from the seed and these.
import { z } from 'zod'
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
})
export type EpochRecord = z.infer<typeof EpochRecord>

export const Progress = z.object({
  /** Checkpoints written. */
  saved: z.number(),
  /** Index of the part (Settings.legs) that is trained, and its finished epochs. */
  part: z.number(),
  epochOfPart: z.number(),
  /** Finished epochs of the run. */
  epoch: z.number(),
  /** Batches done of the epoch after them, and of how many. */
  batch: z.number(),
  batches: z.number(),
  /** Updates of the run, and of the leg's optimiser. */
  step: z.number(),
  stepOfLeg: z.number(),
  /** Of the epoch under way: sums over photos, the last rate, seconds in all and of steps. */
  sums: z.object({
    loss: z.number(),
    correct: z.number(),
    photos: z.number(),
    learningRate: z.number(),
    seconds: z.number(),
    secondsOfSteps: z.number(),
  }),
  best: z.object({ epoch: z.number(), accuracy: z.number(), loss: z.number() }).nullable(),
  /** Lowest validation loss of this part, and epochs since. */
  lowest: z.number().nullable(),
  waited: z.number(),
  /** The last finished epoch. */
  last: EpochRecord.nullable(),
  /** Of the whole run, pauses left out. */
  photos: z.number(),
  seconds: z.object({ total: z.number(), features: z.number(), training: z.number() }),
})
export type Progress = z.infer<typeof Progress>

const noSums = () => ({
  ...{ loss: 0, correct: 0, photos: 0, learningRate: 0, seconds: 0, secondsOfSteps: 0 },
})

export const beginning = (): Progress => ({
  ...{ saved: 0, part: 0, epochOfPart: 0, epoch: 0, batch: 0, batches: 0, step: 0, stepOfLeg: 0 },
  ...{ sums: noSums(), best: null, lowest: null, waited: 0, last: null, photos: 0 },
  seconds: { total: 0, features: 0, training: 0 },
})

/** Epochs done, the one under way as a fraction. */
export const epochsDone = ({ epoch, batch, batches }: Progress) =>
  epoch + (batches > 0 ? batch / batches : 0)

/** No more epochs in this part. Only a leg's last part ends early: at a smaller size it is no loss to
 *  go on to the larger. */
export function isPartOver(progress: Progress, leg: LegSettings, { patience }: RunConfig) {
  const mayEndEarly = leg.epochsBefore + leg.epochs === leg.epochsOfLeg
  const gaveUp = patience !== null && mayEndEarly && progress.waited >= patience
  return progress.epochOfPart >= leg.epochs || gaveUp
}

/** On to the next part; measures at another size do not compare, so the first epoch there is the
 *  best so far. */
export function nextPart(progress: Progress, legs: readonly LegSettings[]) {
  const before = legs[progress.part]!
  const next = legs[progress.part + 1]
  Object.assign(progress, {
    part: progress.part + 1,
    epochOfPart: 0,
    lowest: null,
    waited: 0,
    stepOfLeg: next?.leg === before.leg ? progress.stepOfLeg : 0,
    best: next && next.network.size !== before.network.size ? null : progress.best,
  })
}

export function countStep(
  progress: Progress,
  done: { loss: number; correct: number; size: number; rate: number; seconds: number },
) {
  const { sums } = progress
  sums.loss += done.loss * done.size
  sums.correct += done.correct
  sums.photos += done.size
  sums.learningRate = done.rate
  sums.secondsOfSteps += done.seconds
  progress.photos += done.size
  progress.step++
  progress.stepOfLeg++
  countTime(progress, done.seconds)
}

/** Of the epoch under way. */
export function countTime({ sums, seconds }: Progress, spent: number) {
  sums.seconds += spent
  seconds.total += spent
  seconds.training += spent
}

/** Counts an epoch as finished; whether it is the best is in its record. */
export function finishEpoch(
  progress: Progress,
  judged: Pick<EpochRecord, 'valLoss' | 'valAccuracy' | 'predicted'>,
): EpochRecord {
  const { sums, best } = progress
  const { valLoss: loss, valAccuracy: accuracy } = judged
  const isBest =
    best === null || accuracy > best.accuracy || (accuracy === best.accuracy && loss < best.loss)
  const record: EpochRecord = {
    ...judged,
    epoch: progress.epoch + 1,
    trainLoss: sums.loss / Math.max(1, sums.photos),
    trainAccuracy: sums.correct / Math.max(1, sums.photos),
    seconds: sums.seconds,
    learningRate: sums.learningRate,
    imagesPerSecond: sums.photos / Math.max(0.001, sums.secondsOfSteps),
    best: isBest,
  }
  const isLowest = progress.lowest === null || loss < progress.lowest
  Object.assign(progress, {
    epoch: record.epoch,
    epochOfPart: progress.epochOfPart + 1,
    batch: 0,
    batches: 0,
    sums: noSums(),
    best: isBest ? { epoch: record.epoch, accuracy, loss } : best,
    lowest: isLowest ? loss : progress.lowest,
    waited: isLowest ? 0 : progress.waited + 1,
    last: record,
  })
  return record
}
