// One training run, top to bottom: an async generator of what happens. Photos below the cut are
// computed once (features.ts); then epochs of steps; the best epoch's weights and a checkpoint are
// on disk before the epoch is told. Same seed, device and precision: the same numbers.
import { Failure } from '../../../shared/failure'
import type { Phase, RunConfig, RunNews } from '../../../shared/run'
import { openTrainer, type Trainer } from '../graph/training'
import { initialise, type Tensor } from '../network/initialise'
import { networkParameters, splitNetwork } from '../network/layers'
import { matchWeights } from '../weights/matchWeights'
import { BatchLimit } from './batchLimit'
import { saveEpoch, type Checkpoint } from './checkpoint'
import type { RunControl } from './control'
import { openFeatures, type Features } from './features'
import { orderOf } from './order'
import { evenBatches } from './pictureBatches'
import type { Settings } from './plan'
import { recipeOf } from './recipe'
import type { Sample, Samples } from './samples'
import { rateFactor } from './schedule'
import { cachedSource, pictureSource } from './sources'
import { headStatistics } from './standardise'
import type { StartingWeights } from './startingWeights'

export interface TrainingRun {
  readonly folder: string
  readonly config: RunConfig
  readonly settings: Settings
  readonly weights: StartingWeights
  readonly samples: Samples
  readonly control: RunControl
  readonly featureCache: string
  readonly hash: (path: string) => Promise<string>
  /** Where to go on from; null: from the start. */
  readonly checkpoint: Checkpoint | null
}

/** @throws Failure run-stopped (the checkpoint is kept), run-diverged, and what files and weights throw. */
export async function* train(run: TrainingRun): AsyncGenerator<RunNews> {
  const { config, settings, control, checkpoint } = run
  const { network, plan } = settings
  const started = Date.now()
  yield phase('preparing', 0, 1)
  const tensors = startingTensors(run)
  const { below, above } = splitNetwork(network, settings.cutBefore ?? 'stem')
  const limit = new BatchLimit()
  const featureOptions = {
    below,
    tensors,
    limit,
    fingerprint: run.weights.fingerprint,
    precision: plan.precision,
    resize: settings.resize,
    cacheRoot: run.featureCache,
    hash: run.hash,
  }
  const features = settings.cutBefore === null ? null : await openFeatures(featureOptions)
  const reflections =
    features && config.testTimeFlips
      ? await openFeatures({ ...featureOptions, mirrored: true })
      : null
  let trainer: Trainer | null = null
  try {
    const source = features ? cachedSource(run, features, reflections) : pictureSource(run)
    if (features) yield* computeFeatures(run, features, [...run.samples.train, ...run.samples.val])
    await features?.rest()
    if (reflections) yield* computeFeatures(run, reflections, run.samples.val)
    await reflections?.rest()
    const secondsFeatures = (Date.now() - started) / 1000
    const [train, val] = [run.samples.train, run.samples.val].map((list) =>
      source.readable(list),
    ) as [Sample[], Sample[]]
    if (train.length === 0) throw new Failure('dataset-too-small', { classes: 0 })
    if (features && settings.cutBefore === 'head') {
      for (const [name, tensor] of headStatistics(await features.read(train), features.length))
        tensors.set(name, tensor)
    }
    const trainingNetwork = features ? above : network
    const open = (trainer = await openTrainer({
      network: trainingNetwork,
      tensors,
      precision: plan.precision,
      input: features ? 'values' : 'pixels',
      canvas: source.canvas,
      trains: plan.trains,
      batchStatistics: plan.batchStatistics,
      multiplier: settings.multiplier,
      ...recipeOf(config),
    }))
    if (checkpoint) open.assign(checkpoint.tensors)
    const from = checkpoint?.state.epoch.epoch ?? 0
    const perEpoch = evenBatches(train, config.batch).length
    const total = perEpoch * config.epochs
    let { bestEpoch, bestAccuracy, bestLoss } = checkpoint?.state ?? {
      bestEpoch: 0,
      bestAccuracy: -1,
      bestLoss: Infinity,
    }
    let trained = 0
    const told = new Set<string>()
    const trainingStarted = Date.now()
    yield phase('training', from, config.epochs)
    for (let epoch = from + 1; epoch <= config.epochs; epoch++) {
      const epochStarted = Date.now()
      let [loss, correct, seen] = [0, 0, 0]
      const order = orderOf(train, { ...config, epoch })
      let step = (epoch - 1) * perEpoch
      for await (const batch of source.batches(evenBatches(order, config.batch), epoch)) {
        await control.breathe()
        if (control.paused) {
          yield { type: 'paused' }
          await control.untilResumed()
          await control.breathe()
          yield { type: 'resumed' }
        }
        for (const { path, reason } of batch.unreadable) {
          if (!told.has(path)) yield { type: 'warning', message: reason, path }
          told.add(path)
        }
        const size = batch.labels.length
        if (size === 0) continue
        const rate = settings.learningRate * rateFactor(step++, total, config)
        const stepStarted = performance.now()
        const result = limit.step(open, batch, { rate, step })
        const news = limit.news()
        if (news) yield { type: 'warning', message: news, path: null }
        if (!Number.isFinite(result.loss))
          throw new Failure('run-diverged', { loss: String(result.loss), epoch })
        loss += result.loss * size
        correct += result.correct
        seen += size
        trained += size
        yield {
          type: 'step',
          step,
          epoch: step / perEpoch,
          loss: result.loss,
          accuracy: result.correct / size,
          learningRate: rate,
          imagesPerSecond: (size * 1000) / Math.max(0.01, performance.now() - stepStarted),
        }
      }
      const judged = await source.judge(val, {
        logits: (input, count) =>
          limit.rows(count, input, (part, size) => open.evaluate(part, size)),
        breathe: () => control.breathe(),
      })
      const best =
        judged.accuracy > bestAccuracy ||
        (judged.accuracy === bestAccuracy && judged.loss < bestLoss)
      if (best) [bestEpoch, bestAccuracy, bestLoss] = [epoch, judged.accuracy, judged.loss]
      const record = {
        epoch,
        trainLoss: loss / Math.max(1, seen),
        trainAccuracy: correct / Math.max(1, seen),
        valLoss: judged.loss,
        valAccuracy: judged.accuracy,
        seconds: (Date.now() - epochStarted) / 1000,
        best,
      }
      const state = { epoch: record, bestEpoch, bestAccuracy, bestLoss }
      await saveEpoch(run.folder, { network, tensors, now: open.read(), state })
      yield { type: 'epoch', ...record }
      yield phase('training', epoch, config.epochs)
    }
    yield {
      type: 'finished',
      bestEpoch,
      bestValAccuracy: Math.max(0, bestAccuracy),
      secondsTotal: (Date.now() - started) / 1000,
      secondsFeatures: features ? secondsFeatures : 0,
      imagesPerSecond: trained / Math.max(0.001, (Date.now() - trainingStarted) / 1000),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    }
  } finally {
    trainer?.dispose()
    await features?.close()
    await reflections?.close()
  }
}

const phase = (name: Phase, done: number, total: number): RunNews => ({
  type: 'phase',
  phase: name,
  done,
  total,
  imagesPerSecond: null,
})

/** Given weights where they fit and fresh values elsewhere. A head that trains starts anew: the
 *  published one knows other classes. @throws Failure weights-mismatch */
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
  const fresh = plan.trains.includes('head')
  return initialise(
    network,
    config.seed,
    new Map([...given].filter(([name]) => !(fresh && name.startsWith('fc.')))),
  )
}

async function* computeFeatures(
  { control }: TrainingRun,
  features: Features,
  samples: readonly Sample[],
): AsyncGenerator<RunNews> {
  const started = Date.now()
  let computed = 0
  for await (const progress of features.fill(samples)) {
    computed += progress.computed
    for (const { path, reason } of progress.unreadable)
      yield { type: 'warning', message: reason, path }
    const seconds = (Date.now() - started) / 1000
    yield {
      type: 'phase',
      phase: 'features',
      done: progress.done,
      total: progress.total,
      imagesPerSecond: computed > 0 ? computed / seconds : null,
    }
    await control.breathe()
  }
}
