// One leg: epoch after epoch on a trainer of its own (openLeg.ts). Checkpoint and best weights are on
// the disk before an epoch is told.
import type { RunNews } from '../../../shared/runEvents'
import type { Trainer } from '../tensorflow/trainer'
import { saveCheckpoint } from '../runFiles/checkpoint'
import { trainEpoch, type OpenLeg } from './epoch'
import type { LegSettings } from '../plan/legs'
import { countSeconds, openLeg } from './openLeg'
import { phase } from './phase'
import { isPartOver } from '../runFiles/progress'
import { retried } from './retried'
import { changedTensors, takeIn, wholeNetwork } from './standing'
import type { RunState, TrainingRun } from './trainingRun'

export const trainLeg = (
  run: TrainingRun,
  state: RunState,
  leg: LegSettings,
): AsyncGenerator<RunNews> =>
  openLeg(run, state, {
    leg,
    work: async function* (open) {
      const { trainer } = open
      const save = () => retried(run.control, () => saveNow(run, state, trainer))
      try {
        yield* epochs(run, state, { ...open, save })
      } catch (error) {
        // Nobody waits for a stopped run: where this fails, the checkpoint before it counts.
        if (run.control.stopped) await saveNow(run, state, trainer).catch(() => undefined)
        throw error
      }
      takeIn(state, trainer.read())
    },
  })

async function* epochs(run: TrainingRun, state: RunState, open: OpenLeg): AsyncGenerator<RunNews> {
  const { progress } = state
  const { epochs: total } = run.settings.plan
  countSeconds(state)
  yield phase('training', [progress.epoch, total])
  while (!isPartOver(progress, open.leg, run.config)) {
    const record = yield* trainEpoch(run, state, open)
    yield* open.save()
    yield { type: 'epoch', ...record }
    yield phase('training', [progress.epoch, total])
  }
}

async function saveNow({ folder, settings }: TrainingRun, state: RunState, trainer: Trainer) {
  const { progress } = state
  const now = trainer.read()
  const isBest = progress.best?.epoch === progress.epoch && state.bestSaved !== progress.epoch
  await saveCheckpoint(folder, {
    progress: { ...progress, saved: progress.saved + 1 },
    tensors: changedTensors(state, now),
    best: isBest
      ? { network: settings.network, tensors: wholeNetwork(settings.network, state, now) }
      : null,
  })
  progress.saved++
  if (isBest) state.bestSaved = progress.epoch
  state.savedAt = Date.now()
  countSeconds(state)
}
