// Writes a model in the requested formats, then loads each file the way its users will and compares
// its predictions on real photos with those of the app. Everything is written under a temporary name
// and gets its final, unused name only after this check, so an export never replaces or removes
// anything that was there before.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../shared/failure'
import type { ExportFormat, ExportResult } from '../../../shared/evaluation'
import { seededRandom } from '../../../shared/random'
import { readModel } from '../evaluation/model'
import { softmax } from '../../../shared/statistics/metrics'
import { openInference } from '../tensorflow/inference'
import { loadTensorflow } from '../tensorflow/load'
import { buildNetwork } from '../network/family'
import { fileNameOf, inTemporaryFolder, renameToFree } from '../files/freeNames'
import { writeFailure } from '../files/fileFailures'
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

export interface ExportRequest {
  readonly formats: readonly ExportFormat[]
  /** Existing or new folder that receives the export. */
  readonly folder: string
  /** Name of one new folder for all formats; null: each format's folder lies in `folder` itself. */
  readonly name: string | null
}

/**
 * Each format in its own folder, `restage-FORMAT`. Names that are taken are numbered: "restage-tfjs 2".
 * @throws {Failure} run-missing, weights-damaged, export-differs, not-writable, disk-full
 */
export async function exportModel(
  runFolder: string,
  { formats, folder, name }: ExportRequest,
): Promise<ExportResult[]> {
  const model = await readModel(runFolder)
  const check = await checkPictures(model)
  // The reference is computed in float32: formats hold float32 whatever precision trained.
  const expected = await probabilities(model.network, { tensors: model.tensors, check })
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(folder, error)
  })
  const safeName = fileNameOf(name ?? 'restage')
  return inTemporaryFolder(folder, safeName, async (temporary) => {
    const results = await writeFormats(temporary, { formats, model, check, expected })
    if (name !== null) {
      const exported = await renameToFree(temporary, folder, safeName)
      return results.map((result) => ({ ...result, path: join(exported, folderOf(result.format)) }))
    }
    const moved: ExportResult[] = []
    for (const result of results)
      moved.push({
        ...result,
        path: await renameToFree(result.path, folder, folderOf(result.format)),
      })
    return moved
  })
}

const folderOf = (format: ExportFormat) => `restage-${format}`

interface FormatsToWrite {
  readonly formats: readonly ExportFormat[]
  readonly model: ReadModel
  readonly check: Check
  readonly expected: Float32Array
}

/** Writes and checks each format once. @throws {Failure} export-differs, not-writable, disk-full */
async function writeFormats(
  folder: string,
  { formats, model, check, expected }: FormatsToWrite,
): Promise<ExportResult[]> {
  const results: ExportResult[] = []
  for (const format of new Set(formats)) {
    const path = join(folder, folderOf(format))
    const source = { network: model.network, tensors: model.tensors, classes: model.run.classes }
    const bytes = await (format === 'tfjs' ? writeTfjs : writePublished)(path, source).catch(
      (error: unknown) => {
        throw writeFailure(path, error)
      },
    )
    const again =
      format === 'tfjs'
        ? await reloadTfjs(path, check, model.network.size)
        : await reloadPublished(path, model, check)
    const maxDifference = expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - again[i]!)),
      0,
    )
    if (!(maxDifference < tolerance))
      throw new Failure('export-differs', { format, difference: maxDifference })
    results.push({ format, path, bytes, maxDifference, checkedOn: check.count })
  }
  return results
}

/** The run's own photos if they can still be read, otherwise seeded noise. */
async function checkPictures({ run }: ReadModel): Promise<Check> {
  const { size } = run.plan
  const photos = run.photos.map((path) => ({ path }))
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
