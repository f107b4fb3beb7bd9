// One epoch: a step for each batch, in an order that the seed gives, then the validation photos.
// Between two steps a run can be paused, stopped and kept on the disk.
import { Failure } from '../../../shared/failure'
import type { RunConfig } from '../../../shared/runConfig'
import type { RunNews } from '../../../shared/runEvents'
import type { Batch, Trainer } from '../tensorflow/trainer'
import type { Judged } from '../evaluation/metrics'
import type { LegSettings } from '../plan/legs'
import { orderOf } from './order'
import { pausePoint } from './pausePoint'
import { evenBatches } from '../pictures/batches'
import {
  countStep,
  countTime,
  finishEpoch,
  type EpochRecord,
  type Progress,
} from '../runFiles/progress'
import { retried } from './retried'
import type { Sample } from '../pictures/sample'
import { rateFactor } from './schedule'
import type { Source } from './sources'
import type { RunState, TrainingRun } from './trainingRun'

/** A leg with everything open that its epochs need. */
export interface OpenLeg {
  readonly leg: LegSettings
  readonly source: Source
  readonly trainer: Trainer
  readonly train: readonly Sample[]
  readonly val: readonly Sample[]
  /** Puts a checkpoint on the disk. */
  readonly save: () => AsyncGenerator<RunNews>
}

/** @throws Failure run-stopped, run-diverged */
export async function* trainEpoch(
  run: TrainingRun,
  state: RunState,
  open: OpenLeg,
): AsyncGenerator<RunNews, EpochRecord> {
  const { config } = run
  const { progress } = state
  const epoch = progress.epoch + 1
  const order = orderOf(open.train, { ...config, epoch })
  const parts = evenBatches(order, config.batch)
  progress.batches = parts.length
  for await (const batch of open.source.batches(parts.slice(progress.batch), epoch)) {
    yield* between(run, state, open)
    for (const { path, reason } of batch.unreadable) {
      if (!state.told.has(path)) yield { type: 'warning', message: reason, path }
      state.told.add(path)
    }
    if (batch.labels.length > 0) yield* step(run, state, { open, batch })
    progress.batch++
  }
  const judged = yield* judge(run, state, open)
  return finishEpoch(progress, {
    valLoss: judged.loss,
    valAccuracy: judged.accuracy,
    predicted: [...judged.predicted],
  })
}

/** The schedule runs over the whole leg. */
function rateOf(leg: LegSettings, { stepOfLeg, batches }: Progress, config: RunConfig) {
  return leg.learningRate * rateFactor(stepOfLeg, batches * leg.epochsOfLeg, config)
}

async function* between(
  { config, control }: TrainingRun,
  state: RunState,
  { save }: OpenLeg,
): AsyncGenerator<RunNews> {
  const isDue = Date.now() - state.savedAt >= config.checkpointMinutes * 60_000
  const isAny = state.progress.batch > 0
  if (isAny && isDue) yield* save()
  yield* pausePoint(control, isAny ? save : undefined)
}

async function* step(
  { config, control }: TrainingRun,
  { progress, limit, clock }: RunState,
  { open, batch }: { open: OpenLeg; batch: Batch },
): AsyncGenerator<RunNews> {
  const size = batch.labels.length
  const rate = rateOf(open.leg, progress, config)
  const at = { rate, step: progress.stepOfLeg + 1 }
  const { loss, correct } = yield* retried(control, () => limit.step(open.trainer, batch, at))
  const news = limit.news()
  if (news) yield { type: 'warning', message: news, path: null }
  if (!Number.isFinite(loss)) throw diverged(loss, progress)
  const seconds = clock.lap()
  countStep(progress, { loss, correct, size, rate, seconds })
  yield {
    type: 'step',
    step: progress.step,
    epoch: progress.epoch + (progress.batch + 1) / progress.batches,
    loss,
    accuracy: correct / size,
    learningRate: rate,
    imagesPerSecond: size / Math.max(1e-5, seconds),
  }
}

async function* judge(
  { control }: TrainingRun,
  { limit, clock, progress }: RunState,
  { source, trainer, val }: OpenLeg,
): AsyncGenerator<RunNews, Judged> {
  const judged = yield* retried(control, () =>
    source.judge(val, {
      logits: (input, count) =>
        limit.rows(count, input, (part, size) => trainer.evaluate(part, size)),
      breathe: () => control.breathe(),
    }),
  )
  if (!Number.isFinite(judged.loss)) throw diverged(judged.loss, progress)
  countTime(progress, clock.lap())
  return judged
}

const diverged = (loss: number, { epoch }: Progress) =>
  new Failure('run-diverged', { loss: String(loss), epoch: epoch + 1 })
