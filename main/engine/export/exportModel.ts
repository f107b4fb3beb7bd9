// Writes a model in the formats asked for, then opens each again the way its users will and compares
// what it says of real photos with what the app says. A format that differs is not reported as done.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../shared/failure'
import type { ExportFormat, ExportResult } from '../../../shared/evaluation'
import { seededRandom } from '../../../shared/random'
import { readModel } from '../evaluation/model'
import { softmax } from '../evaluation/metrics'
import { openInference } from '../tensorflow/inference'
import { loadTensorflow } from '../tensorflow/load'
import { buildNetwork } from '../network/family'
import { decodeBatch } from '../pictures/batches'
import { readSafetensors } from '../weights/formats/safetensors'
import { weightsFile, writePublished } from './safetensors'
import { writeTfjs } from './tfjs'

type ReadModel = Awaited<ReturnType<typeof readModel>>
interface Check {
  readonly pixels: Uint8Array
  readonly count: number
}
const tolerance = 1e-3

/** @throws Failure run-missing, export-differs, not-writable, disk-full */
export async function exportModel(
  runFolder: string,
  { formats, folder }: { formats: readonly ExportFormat[]; folder: string },
): Promise<ExportResult[]> {
  const model = await readModel(runFolder)
  const check = await checkPictures(model)
  // The reference is computed in float32: formats hold float32 whatever precision trained.
  const expected = await probabilities(model.network, { tensors: model.tensors, check })
  const results: ExportResult[] = []
  for (const format of formats) {
    const path = join(folder, `restage-${format}`)
    const source = { network: model.network, tensors: model.tensors, classes: model.run.classes }
    const bytes =
      format === 'tfjs' ? await writeTfjs(path, source) : await writePublished(path, source)
    const again =
      format === 'tfjs'
        ? await reloadTfjs(path, check, model.network.size)
        : await reloadPublished(path, model, check)
    const maxDifference = expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - again[i]!)),
      0,
    )
    if (!(maxDifference < tolerance)) {
      await rm(path, { recursive: true, force: true })
      throw new Failure('export-differs', { format, difference: maxDifference })
    }
    results.push({ format, path, bytes, maxDifference, checkedOn: check.count })
  }
  return results
}

/** The run's own photos where they still are, else seeded noise. */
async function checkPictures({ run }: ReadModel): Promise<Check> {
  const { size } = run.plan
  const photos = run.photos.map((path) => ({ id: path, path, label: 0 }))
  const { samples, pixels } = await decodeBatch(photos, { resize: run.resize, crop: size })
  if (samples.length > 0) return { pixels, count: samples.length }
  const random = seededRandom('export-check')
  return { pixels: new Uint8Array(4 * size * size * 3).map(() => random.integer(256)), count: 4 }
}

async function probabilities(
  network: ReadModel['network'],
  { tensors, check }: { tensors: ReadModel['tensors']; check: Check },
) {
  const inference = await openInference({ network, tensors, precision: 'float32', input: 'pixels' })
  try {
    return softmax(inference.run({ pixels: check.pixels }, check.count), inference.outputLength)
  } finally {
    inference.dispose()
  }
}

async function reloadPublished(path: string, { network, run }: ReadModel, check: Check) {
  const { tensors } = await readSafetensors(join(path, weightsFile))
  const plain = buildNetwork({
    architecture: network.architecture,
    flavour: network.flavour,
    cut: network.cut,
    size: network.size,
    views: network.views,
    classes: run.classes.length,
  })
  return probabilities(plain, { tensors, check })
}

async function reloadTfjs(
  path: string,
  { pixels, count }: Check,
  size: number,
): Promise<Float32Array> {
  const tf = await loadTensorflow()
  const model = await tf.loadGraphModel(tf.io.fileSystem(join(path, 'model.json')))
  const image = tf.tensor4d(Float32Array.from(pixels), [count, size, size, 3])
  const output = model.predict(image) as InstanceType<typeof tf.Tensor>
  const result = output.dataSync() as Float32Array
  tf.dispose([image, output])
  model.dispose()
  return result
}
