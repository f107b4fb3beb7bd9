// Opens what a leg trains on: either features, the output of its frozen layers, which are computed once
// with the current weights, or the pictures themselves. Then opens a trainer.
import { Failure } from '../../../shared/failure'
import type { RunConfig } from '../../../shared/runConfig'
import type { RunNews } from '../../../shared/runEvents'
import { columnStatistics } from '../../../shared/statistics/columnStatistics'
import type { Features } from '../features/features'
import type { Canvas } from '../graph/augment'
import { splitNetwork } from '../network/layers'
import type { Sample } from '../pictures/sample'
import type { LegSettings } from '../plan/legs'
import { openTrainer, type Trainer, type TrainerOptions } from '../tensorflow/trainer'
import { Leg } from './leg'
import { computeFeatures, openLegFeatures } from './legFeatures'
import { retryWhenPossible } from './retryWhenPossible'
import { cachedSource, pictureSource } from './sources'
import type { TrainingState } from './trainingState'

/** The leg must be closed.
 *  @throws {Failure} run-stopped; dataset-too-small where no training photo can be read; and what
 *  files and the device throw */
export async function* openLeg(
  state: TrainingState,
  settings: LegSettings,
): AsyncGenerator<RunNews, Leg> {
  const { input } = state
  const { control, samples } = input
  const opened: { close(): Promise<void> | void }[] = []
  const close = async () => {
    for (const one of opened.reverse()) await one.close()
  }
  let isOpen = false
  try {
    let features: Features | null = null
    let reflections: Features | null = null
    if (settings.cutBefore !== null) {
      opened.push((features = await openLegFeatures(state, settings, { mirrored: false })))
      yield* computeFeatures(state, features, [...samples.train, ...samples.val])
      if (input.config.testTimeFlips) {
        opened.push((reflections = await openLegFeatures(state, settings, { mirrored: true })))
        yield* computeFeatures(state, reflections, samples.val)
      }
    }
    const source = features
      ? cachedSource(input, features, reflections)
      : pictureSource(input, settings)
    const train = source.readable(samples.train)
    if (train.length === 0) throw new Failure('dataset-too-small', { classes: 0 })
    if (features && needsHeadStatistics(state, settings))
      await measureHeadStatistics(state, features, train)
    const trainer = yield* retryWhenPossible(control, () =>
      openLegTrainer(state, settings, source.canvas),
    )
    opened.push({ close: () => trainer.dispose() })
    isOpen = true
    return new Leg(state, settings, { source, trainer, train, close })
  } finally {
    if (!isOpen) await close()
  }
}

/** When only the head trains, the statistics of its input are measured once, since the head learns
 *  with exactly these numbers; a later leg or a resumed run keeps them. */
const needsHeadStatistics = ({ weights }: TrainingState, { leg, cutBefore }: LegSettings) =>
  cutBefore === 'head' && leg === 1 && !weights.hasChanged('head_norm.running_mean')

async function measureHeadStatistics(
  { weights }: TrainingState,
  features: Features,
  train: readonly Sample[],
) {
  const { mean, variance } = columnStatistics(await features.read(train), features.length)
  weights.set('head_norm.running_mean', { shape: [features.length], data: mean })
  weights.set('head_norm.running_var', { shape: [features.length], data: variance })
}

async function openLegTrainer(
  { input, weights }: TrainingState,
  { network, cutBefore, trains, batchStatistics, multiplier }: LegSettings,
  canvas: Canvas | null,
): Promise<Trainer> {
  const trainer = await openTrainer({
    network: cutBefore === null ? network : splitNetwork(network, cutBefore).above,
    tensors: weights.tensors,
    precision: input.settings.plan.precision,
    input: cutBefore === null ? 'pixels' : 'values',
    canvas,
    mixes: input.config.mix !== 'none',
    trains,
    batchStatistics,
    multiplier,
    optimizer: optimizerOf(input.config),
  })
  if (weights.optimizerState.size > 0) trainer.assign(weights.optimizerState)
  return trainer
}

function optimizerOf(config: RunConfig): TrainerOptions['optimizer'] {
  const { optimizer, momentum, weightDecay, decayAll, clipNorm, averaging } = config
  const rules = { weightDecay, decayAll, clipNorm, averaging }
  return optimizer === 'sgd' ? { kind: 'sgd', momentum, ...rules } : { kind: 'adamw', ...rules }
}
