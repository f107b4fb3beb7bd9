// One epoch: a step for each batch, in an order drawn from the seed, then the validation photos.
// Between two steps the run can be paused and stopped, and checkpoints are written when they are due.
import { Failure } from '../../../shared/failure'
import type { RunNews } from '../../../shared/runEvents'
import {
  afterEpoch,
  afterStep,
  afterTraining,
  recordOf,
  type EpochRecord,
} from '../runFiles/runProgress'
import type { Batch } from '../tensorflow/trainer'
import type { CheckpointWriter } from './checkpointWriter'
import type { Leg } from './leg'
import { retryWhenPossible } from './retryWhenPossible'
import type { TrainingState } from './trainingState'
import type { Validation } from './validation'

/** Continues where the epoch was interrupted. @throws {Failure} run-stopped, run-diverged, and what
 *  files and the device throw */
export async function* trainEpoch(
  leg: Leg,
  checkpoints: CheckpointWriter,
): AsyncGenerator<RunNews, EpochRecord> {
  const { state } = leg
  const epoch = state.progress.epoch + 1
  const batches = leg.batchesOf(epoch)
  state.progress = { ...state.progress, batches: batches.length }
  const remaining = batches.slice(state.progress.batch)
  for await (const batch of leg.read(remaining, epoch)) {
    yield* checkpointOrPause(leg, checkpoints)
    yield* state.warnings(batch.unreadable)
    if (batch.labels.length > 0) yield* trainStep(leg, batch)
    state.progress = { ...state.progress, batch: state.progress.batch + 1 }
  }
  const validation = yield* validate(leg)
  const record = recordOf(state.progress, validation.record)
  const calibration = record.best ? validation.calibration() : null
  state.progress = afterEpoch(state.progress, record, calibration)
  return record
}

/** A pause begins with a checkpoint, except before the first batch: there the last one is current. */
async function* checkpointOrPause(
  { state, trainer }: Leg,
  checkpoints: CheckpointWriter,
): AsyncGenerator<RunNews> {
  const { progress, input } = state
  const save = progress.batch > 0 ? () => checkpoints.save(trainer) : undefined
  if (save && checkpoints.isDue) yield* save()
  yield* input.control.pausePoint(save)
}

async function* trainStep(leg: Leg, batch: Batch): AsyncGenerator<RunNews> {
  const { state } = leg
  const { input, limit, clock } = state
  const size = batch.labels.length
  const learningRate = leg.learningRate
  const at = { rate: learningRate, step: state.progress.stepOfLeg + 1 }
  const { loss, correct } = yield* retryWhenPossible(input.control, () => leg.step(batch, at))
  const warning = limit.newWarning()
  if (warning) yield { type: 'warning', message: warning, path: null }
  requireFinite(loss, state)
  const seconds = clock.lap()
  state.progress = afterStep(state.progress, { loss, correct, size, learningRate, seconds })
  const { step, epoch, batch: done, batches } = state.progress
  yield {
    type: 'step',
    step,
    epoch: epoch + (done + 1) / batches,
    loss,
    accuracy: correct / size,
    learningRate,
    imagesPerSecond: size / Math.max(1e-5, seconds),
  }
}

async function* validate(leg: Leg): AsyncGenerator<RunNews, Validation> {
  const { state } = leg
  const validation = yield* retryWhenPossible(state.input.control, () => leg.validate())
  requireFinite(validation.record.valLoss, state)
  state.progress = afterTraining(state.progress, state.clock.lap())
  return validation
}

function requireFinite(loss: number, { progress }: TrainingState) {
  if (!Number.isFinite(loss))
    throw new Failure('run-diverged', { loss: String(loss), epoch: progress.epoch + 1 })
}
