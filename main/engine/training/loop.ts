// One training run, top to bottom: an async generator of what happens. It goes through the legs of
// the plan, each from the weights that the one before left. A checkpoint is on the disk before an
// epoch is told. Same seed, device and precision: the same numbers, however often it was cut off.
import type { RunNews } from '../../../shared/runEvents'
import { initialise } from '../weights/initialise'
import { networkParameters } from '../network/layers'
import type { Tensor } from '../network/tensor'
import { matchWeights } from '../weights/matchWeights'
import { BatchLimit } from '../features/batchLimit'
import { trainLeg } from './leg'
import { phase } from './phase'
import { isPartOver, nextPart } from '../runFiles/progress'
import { forgetState, standingAt } from './standing'
import type { RunState, TrainingRun } from './trainingRun'
import { WorkClock } from './workClock'

/** @throws Failure run-stopped (a checkpoint is kept), run-diverged, and what files and weights throw. */
export async function* train(run: TrainingRun): AsyncGenerator<RunNews> {
  const { config, settings } = run
  yield phase('preparing', [0, 1])
  const state = beginState(run)
  const { progress } = state
  for (;;) {
    const leg = settings.legs[progress.part]
    if (!leg) break
    if (progress.epochOfPart + progress.batch === 0 && leg.epochsBefore === 0)
      yield { type: 'leg', leg: leg.leg, trains: [...leg.trains] }
    if (!isPartOver(progress, leg, config)) yield* trainLeg(run, state, leg)
    if (settings.legs[progress.part + 1]?.leg !== leg.leg) forgetState(state)
    nextPart(progress, settings.legs)
  }
  const { best, seconds } = progress
  yield {
    type: 'finished',
    bestEpoch: best?.epoch ?? 0,
    bestValAccuracy: best?.accuracy ?? 0,
    secondsTotal: seconds.total,
    secondsFeatures: seconds.features,
    imagesPerSecond: progress.photos / Math.max(0.001, seconds.training),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    early: progress.epoch < settings.plan.epochs,
  }
}

/** At the start, or where the checkpoint left it. @throws Failure weights-mismatch */
export function beginState(run: TrainingRun): RunState {
  const standing = standingAt(startingTensors(run), run.checkpoint)
  return {
    ...standing,
    bestSaved: standing.progress.best?.epoch ?? 0,
    limit: new BatchLimit(),
    clock: new WorkClock(run.control),
    told: new Set(),
    savedAt: Date.now(),
  }
}

/** Given weights where they fit and fresh values elsewhere. The head starts anew: the published one
 *  knows other classes. @throws Failure weights-mismatch */
function startingTensors({ config, settings, weights }: TrainingRun): Map<string, Tensor> {
  const { network, plan } = settings
  const given = matchWeights(weights.tensors, networkParameters(network), {
    optional:
      weights.tensors.size === 0
        ? ['']
        : // The last norm of a v2 network is as wide as the stage it stands after.
          ['fc.', 'head_norm.', ...(network.cut === weights.cut ? [] : ['norm.'])],
    architecture: plan.architecture,
  })
  return initialise(
    network,
    config.seed,
    new Map([...given].filter(([name]) => !name.startsWith('fc.'))),
  )
}
