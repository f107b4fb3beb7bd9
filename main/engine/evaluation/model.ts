// A trained run opened for use: photos in, probabilities out. Batch norms are folded. Callers
// keep only one model open at a time, because a loaded graph takes memory.
import { Failure } from '../../../shared/failure'
import { reason, type Reason } from '../../../shared/reason'
import type { Basis, Evaluation, JudgedPicture, Prediction } from '../../../shared/evaluation'
import type { Split } from '../../../shared/dataset'
import { existsSync } from 'node:fs'
import { yieldToEventLoop } from '../files/eventLoop'
import { decodeBuffer } from '../pictures/decode'
import { openInference, type Inference } from '../tensorflow/inference'
import { buildNetwork } from '../network/family'
import type { Network } from '../network/layers'
import type { Tensors } from '../network/tensor'
import { readRunWeights } from '../runFiles/checkpoint'
import { readRun, runPaths, type RunFile } from '../runFiles/runFolder'
import { decodeBatch, evenBatches, pictureBatches } from '../pictures/batches'
import { mirrored } from '../pictures/mirror'
import {
  classScores,
  confusionMatrix,
  largest,
  meanAnswer,
  softmax,
} from '../../../shared/statistics/metrics'
import { accuracyInterval } from '../../../shared/statistics/interval'
import type { JudgedSample } from './photosOfRun'

export const photosAtOnce = 16

export interface Model {
  readonly run: RunFile
  readonly network: Network
  readonly tensors: Tensors
  readonly inference: Inference
}

/** The weights of a run's best epoch.
 *  @throws {Failure} run-missing, weights-damaged, weights-format, weights-truncated */
export async function readModel(folder: string): Promise<Omit<Model, 'inference'>> {
  const run = readRun(folder)
  const path = runPaths(folder).weights
  if (!existsSync(path)) throw new Failure('run-missing', { run: run.runId })
  const { tensors, views } = await readRunWeights(path)
  const network = buildNetwork({
    architecture: run.architecture,
    flavour: run.flavour,
    cut: run.cut,
    size: run.plan.size,
    views,
    classes: run.classes.length,
    standardise: true,
  })
  return { run, network, tensors }
}

export async function openModel(folder: string): Promise<Model> {
  const model = await readModel(folder)
  const inference = await openInference({
    ...model,
    precision: model.run.plan.precision,
    input: 'pixels',
  })
  return { ...model, inference }
}

/** How photos are resized and cropped for this model. */
export const squareOf = ({ run }: Model) => ({ resize: run.resize, crop: run.plan.size })

/** Probabilities [photos, classes], in order; averaged over a photo and its mirror image where the
 *  run was validated that way. */
function scoresOf({ inference, run }: Model, pixels: Uint8Array, count: number): Float32Array[] {
  const classes = run.classes.length
  const seen = run.config.testTimeFlips ? [pixels, mirrored(pixels, run.plan.size)] : [pixels]
  const answers = seen.map((view) => inference.run({ pixels: view }, count))
  const all = softmax(meanAnswer(answers), classes)
  return Array.from({ length: count }, (_, n) => all.slice(n * classes, (n + 1) * classes))
}

export async function predictPaths(model: Model, paths: readonly string[]): Promise<Prediction[]> {
  const results: Prediction[] = []
  for (const part of evenBatches(paths, photosAtOnce)) {
    const batch = await decodeBatch(
      part.map((path) => ({ path })),
      squareOf(model),
    )
    const scores = batch.samples.length ? scoresOf(model, batch.pixels, batch.samples.length) : []
    const byPath = new Map(batch.samples.map(({ path }, n) => [path, scores[n]!]))
    const problems = new Map(batch.unreadable.map(({ path, reason }) => [path, reason]))
    for (const path of part)
      results.push(
        predictionOf(path, model.run.classes, {
          scores: byPath.get(path),
          problem: problems.get(path),
        }),
      )
    await yieldToEventLoop()
  }
  return results
}

export async function predictBytes(model: Model, bytes: Uint8Array): Promise<Prediction> {
  const pixels = await decodeBuffer(bytes, squareOf(model))
  return predictionOf('', model.run.classes, { scores: scoresOf(model, pixels, 1)[0]! })
}

function predictionOf(
  path: string,
  classes: readonly string[],
  { scores, problem }: { scores?: Float32Array | undefined; problem?: Reason | undefined },
): Prediction {
  if (!scores)
    return {
      path,
      label: '',
      confidence: 0,
      scores: [],
      problem: problem ?? reason('file-damaged'),
    }
  const best = largest(scores)
  const ranked = classes
    .map((label, c) => ({ label, score: scores[c]! }))
    .sort((a, b) => b.score - a.score)
  return { path, label: classes[best]!, confidence: scores[best]!, scores: ranked, problem: null }
}

/** What is said of each photo: by the model, or by what heads that had not seen it said. */
export async function judgePhotos(
  model: Model,
  samples: readonly JudgedSample[],
): Promise<JudgedPicture[]> {
  const pictures: JudgedPicture[] = []
  const add = ({ id, label }: JudgedSample, scores: Float32Array) => {
    const predicted = largest(scores)
    pictures.push({ pictureId: id, truth: label, predicted, confidence: scores[predicted]! })
  }
  const asked = samples.filter(({ logits }) => !logits)
  for await (const batch of pictureBatches(evenBatches(asked, photosAtOnce), squareOf(model))) {
    if (batch.samples.length === 0) continue
    const scores = scoresOf(model, batch.pixels, batch.samples.length)
    batch.samples.forEach((sample, n) => add(sample, scores[n]!))
    await yieldToEventLoop()
  }
  for (const sample of samples)
    if (sample.logits) add(sample, softmax(sample.logits, sample.logits.length))
  return pictures
}

/** @param basis what the photos did in the run; null: they are new to it. */
export async function evaluateSamples(
  model: Model,
  samples: readonly JudgedSample[],
  { split, basis = null }: { readonly split: Split; readonly basis?: Basis | null },
): Promise<Evaluation> {
  const pictures = await judgePhotos(model, samples)
  const { classes, runId } = model.run
  const confusion = confusionMatrix(classes.length, pictures)
  const right = pictures.filter(({ truth, predicted }) => truth === predicted).length
  return {
    runId,
    split,
    accuracy: pictures.length ? right / pictures.length : 0,
    ...accuracyInterval(right, pictures.length),
    basis: basis ?? newPhotos(pictures.length),
    figure: null,
    classes,
    confusion,
    perClass: classScores(classes, confusion),
    pictures,
  }
}

const newPhotos = (unseen: number): Basis => ({
  ...{ unseen, chose: 0, outOfFold: 0, trained: 0, unknown: 0 },
  ...{ addedSince: 0, relabelled: 0, leftOut: 0 },
})
