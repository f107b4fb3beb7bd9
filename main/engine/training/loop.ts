// One training run, top to bottom: an async generator of what happens. Photos below the cut are
// computed once (features.ts); then epochs of steps; the best epoch's weights and a checkpoint are
// on disk before the epoch is told. Same seed, device and precision: the same numbers.
import { Failure } from '../../../shared/failure'
import { seededRandom } from '../../../shared/random'
import type { Phase, RunConfig, RunNews } from '../../../shared/run'
import { openTrainer, type Batch, type Trainer } from '../graph/training'
import { initialise, type Tensor } from '../network/initialise'
import { networkParameters, splitNetwork } from '../network/layers'
import { matchWeights } from '../weights/matchWeights'
import { readSafetensors, writeSafetensors } from '../weights/safetensors'
import { existsSync } from 'node:fs'
import type { RunControl } from './control'
import { openFeatures, type Features } from './features'
import { crossEntropyOf } from '../evaluation/metrics'
import { decodeBatch, evenBatches, pictureBatches, type PictureBatch } from './pictureBatches'
import type { Settings } from './plan'
import { runPaths } from './runFolder'
import type { Sample, Samples } from './samples'
import { rateFactor } from './schedule'
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
  readonly resume: boolean
}

/** @throws Failure run-stopped (the checkpoint is kept), run-diverged, and what files and weights throw. */
export async function* train(run: TrainingRun): AsyncGenerator<RunNews> {
  const { config, settings, weights, control } = run
  const { network, plan } = settings
  const started = Date.now()
  yield phase('preparing', 0, 1)
  const given = matchWeights(weights.tensors, networkParameters(network), {
    optional:
      weights.tensors.size === 0
        ? ['']
        : // The last norm of a v2 network is as wide as the stage it stands after.
          ['fc.', 'head_norm.', ...(network.cut === weights.cut ? [] : ['norm.'])],
    architecture: plan.architecture,
  })
  const tensors = initialise(network, config.seed, withoutHead(given, plan.trains.includes('head')))
  const { below, above } = splitNetwork(network, plan.cachedAfter ? plan.trains[0]! : 'stem')
  const features =
    plan.cachedAfter === null
      ? null
      : await openFeatures({
          below,
          tensors,
          fingerprint: weights.fingerprint,
          precision: plan.precision,
          resize: settings.resize,
          cacheRoot: run.featureCache,
          hash: run.hash,
        })
  let trainer: Trainer | null = null
  try {
    const source = features ? cachedSource(run, features) : pictureSource(run)
    if (features) yield* computeFeatures(run, features)
    const secondsFeatures = (Date.now() - started) / 1000
    const [train, val] = [run.samples.train, run.samples.val].map((list) =>
      source.readable(list),
    ) as [Sample[], Sample[]]
    if (train.length === 0) throw new Failure('dataset-too-small', { classes: 0 })
    if (features && plan.trains[0] === 'head') {
      for (const [name, tensor] of headStatistics(await features.read(train), features.length))
        tensors.set(name, tensor)
    }
    trainer = await openTrainer({
      network: features ? above : network,
      tensors,
      precision: plan.precision,
      input: features ? 'values' : 'pixels',
      canvas: source.canvas,
      trains: plan.trains,
      batchStatistics: settings.batchStatistics,
      multiplier: settings.multiplier,
      optimizer:
        config.optimizer === 'sgd'
          ? { kind: 'sgd', momentum: config.momentum, weightDecay: config.weightDecay }
          : { kind: 'adamw', weightDecay: config.weightDecay },
    })
    const last = run.resume
      ? await resumeFrom(run, trainer)
      : { epoch: 0, bestEpoch: 0, bestAccuracy: -1, bestLoss: Infinity }
    const perEpoch = evenBatches(train, config.batch).length
    const total = perEpoch * config.epochs
    let { bestEpoch, bestAccuracy, bestLoss } = last
    let trained = 0
    const told = new Set<string>()
    const trainingStarted = Date.now()
    yield phase('training', last.epoch, config.epochs)
    for (let epoch = last.epoch + 1; epoch <= config.epochs; epoch++) {
      const epochStarted = Date.now()
      let [loss, correct, seen] = [0, 0, 0]
      const order = seededRandom('order', config.seed, epoch).shuffled(train)
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
        const rate = settings.learningRate * rateFactor(step++, total, config.warmupFraction)
        const stepStarted = performance.now()
        const result = trainer.step(batch, { rate, step })
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
      const judged = await source.judge(val, trainer, control)
      const best =
        judged.accuracy > bestAccuracy ||
        (judged.accuracy === bestAccuracy && judged.loss < bestLoss)
      if (best) [bestEpoch, bestAccuracy, bestLoss] = [epoch, judged.accuracy, judged.loss]
      await saveEpoch(run, {
        tensors,
        now: trainer.read(),
        epoch,
        bestEpoch,
        bestAccuracy,
        bestLoss,
      })
      yield {
        type: 'epoch',
        epoch,
        trainLoss: loss / Math.max(1, seen),
        trainAccuracy: correct / Math.max(1, seen),
        valLoss: judged.loss,
        valAccuracy: judged.accuracy,
        seconds: (Date.now() - epochStarted) / 1000,
        best,
      }
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
  }
}

const phase = (name: Phase, done: number, total: number): RunNews => ({
  type: 'phase',
  phase: name,
  done,
  total,
  imagesPerSecond: null,
})

/** A head that trains starts anew: the published one knows other classes. */
const withoutHead = (given: ReadonlyMap<string, Tensor>, fresh: boolean) =>
  new Map([...given].filter(([name]) => !(fresh && name.startsWith('fc.'))))

async function* computeFeatures(
  { samples, control }: TrainingRun,
  features: Features,
): AsyncGenerator<RunNews> {
  const started = Date.now()
  let computed = 0
  for await (const progress of features.fill([...samples.train, ...samples.val])) {
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

/** A batch, and which of its photos could not be read. */
type SourceBatch = Batch & { readonly unreadable: PictureBatch['unreadable'] }
interface Source {
  readonly canvas: number | null
  readable(samples: readonly Sample[]): Sample[]
  batches(parts: readonly (readonly Sample[])[], epoch: number): AsyncGenerator<SourceBatch>
  judge(
    samples: readonly Sample[],
    trainer: Trainer,
    control: RunControl,
  ): Promise<{ loss: number; accuracy: number }>
}
const labelsOf = (samples: readonly Sample[]) => Int32Array.from(samples, ({ label }) => label)

function cachedSource({ config, samples }: TrainingRun, features: Features): Source {
  const classes = samples.classes.length
  return {
    canvas: null,
    readable: (list) => features.readable(list),
    async *batches(parts) {
      for (const part of parts)
        yield {
          input: { values: await features.read(part) },
          labels: labelsOf(part),
          unreadable: [],
        }
    },
    async judge(list, trainer, control) {
      const score = crossEntropyOf(classes)
      for (const part of evenBatches(list, Math.max(config.batch, 64))) {
        score.add(
          trainer.evaluate({ values: await features.read(part) }, part.length),
          labelsOf(part),
        )
        await control.breathe()
      }
      return score.result()
    },
  }
}

function pictureSource({ config, settings, samples }: TrainingRun): Source {
  const { size } = settings.network
  const canvas =
    config.augment === 'basic' ? Math.ceil(Math.max(settings.resize, (size * 8) / 7) / 4) * 4 : null
  return {
    canvas,
    readable: (list) => [...list],
    async *batches(parts, epoch) {
      const square = canvas
        ? { resize: canvas, crop: canvas }
        : { resize: settings.resize, crop: size }
      for await (const { samples: read, pixels, unreadable } of pictureBatches(parts, square)) {
        const boxes = canvas
          ? {
              boxes: Float32Array.from(
                read.flatMap(({ path }) => randomBox(config.seed, epoch, path)),
              ),
            }
          : {}
        yield { input: { pixels }, labels: labelsOf(read), unreadable, ...boxes }
      }
    },
    async judge(list, trainer, control) {
      const score = crossEntropyOf(samples.classes.length)
      for (const part of evenBatches(list, config.batch)) {
        const { samples: read, pixels } = await decodeBatch(part, {
          resize: settings.resize,
          crop: size,
        })
        if (read.length > 0) score.add(trainer.evaluate({ pixels }, read.length), labelsOf(read))
        await control.breathe()
      }
      return score.result()
    },
  }
}

/** A square of 60 to 100 % of the area somewhere in the picture, mirrored half of the time. */
function randomBox(seed: number, epoch: number, path: string): [number, number, number, number] {
  const random = seededRandom('crop', seed, epoch, path)
  const side = Math.sqrt(0.6 + 0.4 * random.next())
  const top = (1 - side) * random.next()
  const left = (1 - side) * random.next()
  return random.next() < 0.5
    ? [top, left, top + side, left + side]
    : [top, left + side, top + side, left]
}

interface EpochState {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly now: ReadonlyMap<string, Tensor>
  readonly epoch: number
  readonly bestEpoch: number
  readonly bestAccuracy: number
  readonly bestLoss: number
}

/** The best weights first, then the checkpoint that refers to them. */
async function saveEpoch(
  { folder, settings }: TrainingRun,
  { tensors, now, epoch, ...best }: EpochState,
) {
  const paths = runPaths(folder)
  if (best.bestEpoch === epoch) {
    const whole = new Map(
      networkParameters(settings.network).map(({ name }) => [
        name,
        now.get(name) ?? tensors.get(name)!,
      ]),
    )
    await writeSafetensors(paths.weights, whole, {
      epoch: String(epoch),
      architecture: settings.plan.architecture,
      layout: 'OIHW',
    })
  }
  const state = Object.fromEntries(
    Object.entries({ epoch, ...best }).map(([key, value]) => [key, String(value)]),
  )
  await writeSafetensors(paths.checkpoint, now, state)
}

async function resumeFrom({ folder }: TrainingRun, trainer: Trainer) {
  const path = runPaths(folder).checkpoint
  if (!existsSync(path)) return { epoch: 0, bestEpoch: 0, bestAccuracy: -1, bestLoss: Infinity }
  const { tensors, metadata } = await readSafetensors(path)
  trainer.assign(tensors)
  const number = (key: string) => Number(metadata[key])
  return {
    epoch: number('epoch'),
    bestEpoch: number('bestEpoch'),
    bestAccuracy: number('bestAccuracy'),
    bestLoss: number('bestLoss'),
  }
}
