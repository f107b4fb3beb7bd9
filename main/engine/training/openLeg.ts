// Opens what a leg trains on: photos below its cut are computed once with the weights that stand by
// then (features.ts), then a trainer of its own. All of it is closed again, however the work ends.
import { Failure } from '../../../shared/failure'
import type { RunNews } from '../../../shared/runEvents'
import type { Canvas } from '../graph/augment'
import { openTrainer, type Trainer } from '../tensorflow/trainer'
import { splitNetwork } from '../network/layers'
import type { OpenLeg } from './epoch'
import { openFeatures, type Features } from '../features/features'
import type { LegSettings } from '../plan/legs'
import { pausePoint } from './pausePoint'
import { phase } from './phase'
import { recipeOf } from './recipe'
import { retried } from './retried'
import type { Sample } from '../pictures/sample'
import { cachedSource, pictureSource, type Source } from './sources'
import { headStatistics } from '../features/standardise'
import { fingerprintOf } from './standing'
import type { RunState, TrainingRun } from './trainingRun'

type Opened = Omit<OpenLeg, 'save'>

export async function* openLeg(
  run: TrainingRun,
  state: RunState,
  { leg, work }: { leg: LegSettings; work: (open: Opened) => AsyncGenerator<RunNews> },
): AsyncGenerator<RunNews> {
  const features: Features[] = []
  let trainer: Trainer | null = null
  try {
    const source = yield* openSource(run, state, { leg, features })
    const [train, val] = [run.samples.train, run.samples.val].map((list) =>
      source.readable(list),
    ) as [Sample[], Sample[]]
    if (train.length === 0) throw new Failure('dataset-too-small', { classes: 0 })
    if (features[0]) await standardiseHead(state, leg, { features: features[0], train })
    trainer = yield* retried(run.control, () =>
      openLegTrainer(run, state, { leg, canvas: source.canvas }),
    )
    yield* work({ leg, source, train, val, trainer })
  } finally {
    trainer?.dispose()
    for (const one of features) await one.close()
  }
}

/** What it opens is left in `features`: of all photos, then of mirrored validation photos. */
async function* openSource(
  run: TrainingRun,
  state: RunState,
  { leg, features }: { leg: LegSettings; features: Features[] },
): AsyncGenerator<RunNews, Source> {
  if (leg.cutBefore === null) return pictureSource({ ...run, leg })
  const { train, val } = run.samples
  const views = [
    { mirrored: false, of: [...train, ...val] },
    ...(run.config.testTimeFlips ? [{ mirrored: true, of: val }] : []),
  ]
  for (const { mirrored, of } of views) {
    const opened = await openLegFeatures(run, state, { leg, mirrored })
    features.push(opened)
    yield* computeFeatures(run, state, { features: opened, of })
  }
  return cachedSource(run, features[0]!, features[1])
}

export function countSeconds({ clock, progress }: RunState): number {
  const seconds = clock.lap()
  progress.seconds.total += seconds
  return seconds
}

function openLegFeatures(
  run: TrainingRun,
  state: RunState,
  { leg, mirrored }: { leg: LegSettings; mirrored: boolean },
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
    yield* pausePoint(control)
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
