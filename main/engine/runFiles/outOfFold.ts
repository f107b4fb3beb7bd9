// What heads that had not seen a photo said of it, for every photo of a run whose head was solved exactly.
// So each of the run's own photos can be judged honestly, however the data set is edited later.
import { existsSync } from 'node:fs'
import { writeFailure } from '../files/fileFailures'
import { readSafetensors, writeSafetensors } from '../weights/formats/safetensors'
import { runPaths } from './runFolder'

export interface OutOfFold {
  /** [photos, classes], already calibrated; rows in the order of samples.json, training before validation
   *  photos. Rows of photos that could not be read are NaN. */
  readonly logits: Float32Array
  readonly classes: number
}

/** Logits [photos, classes]: those of the photos that were judged, in their order, and NaN for the others. */
export function outOfFoldRows<Photo>(
  photos: readonly Photo[],
  judged: readonly Photo[],
  logits: Float32Array,
): Float32Array {
  const classes = logits.length / judged.length
  const rowOf = new Map(photos.map((photo, row) => [photo, row]))
  const rows = new Float32Array(photos.length * classes).fill(NaN)
  judged.forEach((photo, i) =>
    rows.set(logits.subarray(i * classes, (i + 1) * classes), rowOf.get(photo)! * classes),
  )
  return rows
}

/** @throws {Failure} disk-full, not-writable */
export async function writeOutOfFold(folder: string, { logits, classes }: OutOfFold) {
  const path = runPaths(folder).outOfFold
  const shape = [logits.length / classes, classes]
  await writeSafetensors(path, new Map([['logits', { shape, data: logits }]])).catch(
    (error: unknown) => {
      throw writeFailure(path, error)
    },
  )
}

/** Null if the run has none, or none that can be read. */
export async function readOutOfFold(folder: string): Promise<OutOfFold | null> {
  const path = runPaths(folder).outOfFold
  if (!existsSync(path)) return null
  try {
    const logits = (await readSafetensors(path)).tensors.get('logits')
    const classes = logits?.shape[1]
    return logits && classes ? { logits: logits.data, classes } : null
  } catch {
    return null
  }
}
