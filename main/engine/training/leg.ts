// One leg: photos below its cut are computed once with the weights that stand by then (features.ts),
// then epoch after epoch on a trainer of its own. Checkpoint and best weights are on the disk before
// an epoch is told.
import { Failure } from '../../../shared/failure'
import type { RunNews } from '../../../shared/run'
import type { Canvas } from '../graph/augment'
import { openTrainer, type Trainer } from '../graph/training'
import { splitNetwork } from '../network/layers'
import { saveCheckpoint } from './checkpoint'
import { trainEpoch, type OpenLeg } from './epoch'
import { openFeatures, type Features } from './features'
import type { LegSettings } from './legs'
import { phase } from './phase'
import { isPartOver } from './progress'
import { recipeOf } from './recipe'
import { retried } from './retried'
import type { Sample } from './samples'
import { cachedSource, pictureSource } from './sources'
import { headStatistics } from './standardise'
import { changedTensors, fingerprintOf, takeIn, wholeNetwork } from './standing'
import type { RunState, TrainingRun } from './trainingRun'

export async function* trainLeg(
  run: TrainingRun,
  state: RunState,
  leg: LegSettings,
): AsyncGenerator<RunNews> {
  const { train: trainSide, val: valSide } = run.samples
  const features = leg.cutBefore === null ? null : await openLegFeatures(run, state, leg)
  let reflections: Features | null = null
  let trainer: Trainer | null = null
  try {
    if (features) yield* computeFeatures(run, state, { features, of: [...trainSide, ...valSide] })
    if (features && run.config.testTimeFlips) {
      reflections = await openLegFeatures(run, state, leg, { mirrored: true })
      yield* computeFeatures(run, state, { features: reflections, of: valSide })
    }
    const source = features
      ? cachedSource(run, features, reflections)
      : pictureSource({ ...run, leg })
    const [train, val] = [trainSide, valSide].map((list) => source.readable(list)) as [
      Sample[],
      Sample[],
    ]
    if (train.length === 0) throw new Failure('dataset-too-small', { classes: 0 })
    if (features) await standardiseHead(state, leg, { features, train })
    const opened = yield* retried(run.control, () =>
      openLegTrainer(run, state, { leg, canvas: source.canvas }),
    )
    trainer = opened
    const save = () => retried(run.control, () => saveNow(run, state, opened))
    yield* epochs(run, state, { leg, source, train, val, trainer, save })
    takeIn(state, opened.read())
  } catch (error) {
    // Nobody waits for a stopped run: where this fails, the checkpoint before it counts.
    if (trainer && run.control.stopped) await saveNow(run, state, trainer).catch(() => undefined)
    throw error
  } finally {
    trainer?.dispose()
    await features?.close()
    await reflections?.close()
  }
}

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

function countSeconds({ clock, progress }: RunState): number {
  const seconds = clock.lap()
  progress.seconds.total += seconds
  return seconds
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

function openLegFeatures(
  run: TrainingRun,
  state: RunState,
  leg: LegSettings,
  { mirrored = false } = {},
): Promise<Features> {
  const { below } = splitNetwork(leg.network, leg.cutBefore!)
  return openFeatures({
    below,
    tensors: state.tensors,
    limit: state.limit,
    fingerprint: fingerprintOf(below, state, run.weights.fingerprint),
    precision: run.settings.plan.precision,
    resize: leg.resize,
    cacheRoot: run.featureCache,
    hash: run.hash,
    mirrored,
  })
}

/** A full disk cuts the filling short; what is there by then is not computed again. */
async function* computeFeatures(
  { control }: TrainingRun,
  state: RunState,
  { features, of }: { features: Features; of: readonly Sample[] },
): AsyncGenerator<RunNews> {
  let filling = features.fill(of)
  countSeconds(state)
  let [computed, seconds] = [0, 0]
  for (;;) {
    const next = yield* retried(control, () =>
      filling.next().catch((error: unknown) => {
        filling = features.fill(of)
        throw error
      }),
    )
    seconds += countSeconds(state)
    if (next.done) break
    const { done, total, unreadable } = next.value
    computed += next.value.computed
    for (const { path, reason } of unreadable) {
      if (!state.told.has(path)) yield { type: 'warning', message: reason, path }
      state.told.add(path)
    }
    yield phase('features', [done, total], computed > 0 ? computed / seconds : null)
    await control.breathe()
  }
  state.progress.seconds.features += seconds
  await features.rest()
}

/** A lone head measures the statistics of its input once; what it has learnt goes with them. */
async function standardiseHead(
  state: RunState,
  leg: LegSettings,
  { features, train }: { features: Features; train: readonly Sample[] },
) {
  const isMeasured = leg.leg > 1 || state.changed.has('head_norm.running_mean')
  if (leg.cutBefore !== 'head' || isMeasured) return
  for (const [name, tensor] of headStatistics(await features.read(train), features.length)) {
    state.tensors.set(name, tensor)
    state.changed.add(name)
  }
}

async function openLegTrainer(
  { config, settings }: TrainingRun,
  { tensors, state }: RunState,
  { leg, canvas }: { leg: LegSettings; canvas: Canvas | null },
): Promise<Trainer> {
  const trainer = await openTrainer({
    network: leg.cutBefore === null ? leg.network : splitNetwork(leg.network, leg.cutBefore).above,
    tensors,
    precision: settings.plan.precision,
    input: leg.cutBefore === null ? 'pixels' : 'values',
    canvas,
    trains: leg.trains,
    batchStatistics: leg.batchStatistics,
    multiplier: leg.multiplier,
    ...recipeOf(config),
  })
  if (state.size > 0) trainer.assign(state)
  return trainer
}
