// One training run from top to bottom, as an async generator of what happens. It trains the legs of
// the plan, each from the weights that the one before left, epoch after epoch. An epoch is reported
// only when its checkpoint is on the disk. Same seed, device and precision give the same numbers,
// however often the run was interrupted.
import type { Figure } from '../../../shared/figure'
import { isSolved } from '../../../shared/runConfig'
import type { RunNews } from '../../../shared/runEvents'
import type { LegSettings } from '../plan/legs'
import type { Checkpoint } from '../runFiles/checkpoint'
import { afterPart, isPartOver, type Progress } from '../runFiles/runProgress'
import { CheckpointWriter } from './checkpointWriter'
import { trainEpoch } from './epoch'
import { figureOfRun } from './figures'
import type { Leg } from './leg'
import { openLeg } from './openLeg'
import { trainSolved } from './solvedRun'
import { retryWhenPossible } from './retryWhenPossible'
import { TrainingState, type TrainingInput } from './trainingState'
import { isBalanced } from './validation'

export interface TrainingRun extends TrainingInput {
  /** Where the run's files are written. */
  readonly folder: string
  /** Where to resume from; null: from the start. */
  readonly checkpoint: Checkpoint | null
}

/** @throws {Failure} run-stopped (a checkpoint is kept), run-diverged, weights-mismatch, and what
 *  files and the device throw */
export async function* train({
  folder,
  checkpoint,
  ...input
}: TrainingRun): AsyncGenerator<RunNews> {
  const { legs, plan } = input.settings
  yield { type: 'phase', phase: 'preparing', done: 0, total: 1, imagesPerSecond: null }
  const state = new TrainingState(input, checkpoint)
  if (isSolved(input.config, plan.trains)) return yield* trainSolved(state, folder)
  const checkpoints = new CheckpointWriter(folder, state)
  for (;;) {
    const settings = legs[state.progress.part]
    if (!settings) break
    if (isLegStart(state.progress, settings))
      yield { type: 'leg', leg: settings.leg, trains: [...settings.trains] }
    if (!isPartOver(state.progress, settings, input.config)) {
      const leg = yield* openLeg(state, settings)
      try {
        yield* trainLeg(leg, checkpoints)
      } finally {
        await leg.close()
      }
    }
    if (legs[state.progress.part + 1]?.leg !== settings.leg) state.weights.resetOptimizer()
    state.progress = afterPart(state.progress, legs)
  }
  const figure = yield* retryWhenPossible(input.control, () => figureOfRun(state, folder))
  state.countSeconds()
  yield finished(state, { figure, planned: plan.epochs })
}

const isLegStart = ({ epochOfPart, batch }: Progress, { epochsBefore }: LegSettings) =>
  epochOfPart + batch === 0 && epochsBefore === 0

async function* trainLeg(leg: Leg, checkpoints: CheckpointWriter): AsyncGenerator<RunNews> {
  const { state, settings, trainer } = leg
  const { input } = state
  try {
    state.countSeconds()
    yield trainingPhase(state)
    while (!isPartOver(state.progress, settings, input.config)) {
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

const finished = (
  { input, progress: { best, seconds, photos, epoch } }: TrainingState,
  { figure, planned }: { readonly figure: Figure | null; readonly planned: number },
): RunNews => ({
  type: 'finished',
  bestEpoch: best?.epoch ?? 0,
  bestValAccuracy: best?.accuracy ?? 0,
  chosenBy: isBalanced(input.config) ? 'balancedAccuracy' : 'accuracy',
  secondsTotal: seconds.total,
  secondsFeatures: seconds.features,
  imagesPerSecond: photos / Math.max(0.001, seconds.training),
  peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  early: epoch < planned,
  figure,
  calibration: best?.calibration ?? null,
})
