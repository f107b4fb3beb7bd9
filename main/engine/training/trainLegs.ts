// The legs of a run, one after the other, each from the weights that the one before left, epoch after
// epoch. An epoch is reported only when its checkpoint is on the disk.
import type { RunNews } from '../../../shared/runEvents'
import type { LegSettings } from '../plan/legs'
import { afterPart, isPartOver, type Progress } from '../runFiles/runProgress'
import type { CheckpointWriter } from './checkpointWriter'
import { trainEpoch } from './epoch'
import type { Leg } from './leg'
import { openLeg } from './openLeg'
import type { TrainingState } from './trainingState'

/** From where the run is. Its weights are then those of the last epoch, or their running averages.
 *  @param isHopeless asked before each epoch; true: the leg ends here
 *  @throws {Failure} run-stopped (a checkpoint is kept), run-diverged, and what files and the device throw */
export async function* trainLegs(
  state: TrainingState,
  checkpoints: CheckpointWriter,
  isHopeless: () => boolean = () => false,
): AsyncGenerator<RunNews> {
  const { settings, config } = state.input
  for (;;) {
    const leg = settings.legs[state.progress.part]
    if (!leg) break
    if (isLegStart(state.progress, leg))
      yield { type: 'leg', leg: leg.leg, trains: [...leg.trains] }
    if (!isPartOver(state.progress, leg, config) && !isHopeless()) {
      const opened = yield* openLeg(state, leg)
      try {
        yield* trainLeg(opened, checkpoints, isHopeless)
      } finally {
        await opened.close()
      }
    }
    if (settings.legs[state.progress.part + 1]?.leg !== leg.leg) state.weights.resetOptimizer()
    state.progress = afterPart(state.progress, settings.legs)
  }
}

const isLegStart = ({ epochOfPart, batch }: Progress, { epochsBefore }: LegSettings) =>
  epochOfPart + batch === 0 && epochsBefore === 0

async function* trainLeg(
  leg: Leg,
  checkpoints: CheckpointWriter,
  isHopeless: () => boolean,
): AsyncGenerator<RunNews> {
  const { state, settings, trainer } = leg
  const { input } = state
  try {
    state.countSeconds()
    yield trainingPhase(state)
    while (!isPartOver(state.progress, settings, input.config) && !isHopeless()) {
      const record = yield* trainEpoch(leg, checkpoints)
      yield* checkpoints.save(trainer)
      state.epochs.push(record)
      yield { type: 'epoch', ...record }
      yield trainingPhase(state)
    }
  } catch (error) {
    // A stopped run does not wait for the disk: if this write fails, the last checkpoint counts.
    if (input.control.stopped) await checkpoints.saveOnce(trainer).catch(() => undefined)
    throw error
  }
  state.weights.absorbTrainerState(trainer.read())
}

const trainingPhase = ({ progress, input }: TrainingState): RunNews => ({
  type: 'phase',
  phase: 'training',
  done: progress.epoch,
  total: input.settings.plan.epochs,
  imagesPerSecond: null,
})
