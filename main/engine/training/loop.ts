// One training run from top to bottom, as an async generator of what happens: a solved head
// (solvedRun.ts), stages tuned from it on (tunedRun.ts), or the legs of the plan (trainLegs.ts). Same
// seed, device and precision give the same numbers, however often the run was interrupted.
import type { Figure } from '../../../shared/figure'
import { isSolved, isTuned } from '../../../shared/runConfig'
import type { RunNews } from '../../../shared/runEvents'
import type { Checkpoint } from '../runFiles/checkpoint'
import { CheckpointWriter } from './checkpointWriter'
import { figureOfRun } from './figures'
import { trainSolved } from './solvedRun'
import { retryWhenPossible } from './retryWhenPossible'
import { trainLegs } from './trainLegs'
import { TrainingState, type TrainingInput } from './trainingState'
import { trainTuned } from './tunedRun'
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
  const { plan } = input.settings
  yield { type: 'phase', phase: 'preparing', done: 0, total: 1, imagesPerSecond: null }
  const state = new TrainingState(input, checkpoint)
  if (isSolved(input.config, plan.trains)) return yield* trainSolved(state, folder)
  if (isTuned(input.config, plan.trains)) return yield* trainTuned(state, folder)
  yield* trainLegs(state, new CheckpointWriter(folder, state))
  const figure = yield* retryWhenPossible(input.control, () => figureOfRun(state, folder))
  state.countSeconds()
  yield finished(state, { figure, planned: plan.epochs })
}

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
