// What a run can go on from: two checkpoints, written in turn, each with everything training has
// changed, the optimiser's state and the progress. Only one whose checksum is right counts, the newer
// of the two first. New best weights wait beside the old until the checkpoint that names them is on
// the disk: whatever a stop cuts through, weights and checkpoint speak of the same epoch.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../shared/failure'
import type { Network } from '../network/layers'
import type { Tensors } from '../network/tensor'
import { bytesOf, syncFolder } from '../files/wholeFiles'
import { writeFailure } from '../files/fileFailures'
import { readSafetensors, writeSafetensors } from '../weights/formats/safetensors'
import { Progress } from './progress'
import { runPaths, syncEvents } from './runFolder'

export interface Checkpoint {
  readonly progress: Progress
  /** Weights, statistics and optimiser state that training has changed. */
  readonly tensors: Tensors
}
interface Saved extends Checkpoint {
  /** The whole network after the epoch just finished, where it is the best so far. */
  readonly best: { readonly network: Network; readonly tensors: Tensors } | null
}

const slots = ['a', 'b'] as const
const slotPaths = (folder: string) =>
  slots.map((slot) => join(runPaths(folder).checkpoints, `${slot}.safetensors`))

export const hasCheckpoint = (folder: string) => slotPaths(folder).some((path) => existsSync(path))

/** All of it is on the disk when it answers, and so are the events before. Throws disk-full,
 *  not-writable; the checkpoint before is then as it was. */
export async function saveCheckpoint(folder: string, { progress, tensors, best }: Saved) {
  const { nextWeights, weights } = runPaths(folder)
  syncEvents(folder)
  if (best) {
    const metadata = {
      epoch: String(progress.epoch),
      architecture: best.network.architecture,
      layout: 'OIHW',
    }
    const sha256 = checksum(JSON.stringify(metadata), best.tensors)
    await writeSafetensors(nextWeights, best.tensors, { ...metadata, sha256 })
  }
  const text = JSON.stringify(progress)
  const path = slotPaths(folder)[progress.saved % slots.length]!
  await writeSafetensors(path, tensors, { progress: text, sha256: checksum(text, tensors) })
  if (best) await replace(nextWeights, weights, folder)
}

/** The newest checkpoint that is whole, or null; clears away what a stop left half done. */
export async function recoverCheckpoint(folder: string): Promise<Checkpoint | null> {
  const { checkpoints } = runPaths(folder)
  for (const place of [folder, checkpoints]) await removeParts(place)
  const found = await Promise.all(slotPaths(folder).map(readCheckpoint))
  const [newest = null] = found
    .filter((checkpoint) => checkpoint !== null)
    .sort((a, b) => b.progress.saved - a.progress.saved)
  return newest && settleBest(folder, newest)
}

async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  try {
    const { tensors, metadata } = await readSafetensors(path)
    const text = metadata.progress ?? ''
    if (metadata.sha256 !== checksum(text, tensors)) return null
    return { tensors, progress: Progress.parse(JSON.parse(text)) }
  } catch {
    // Missing, cut off or from another version: the other one counts.
    return null
  }
}

/** The weights of a run's best epoch. Files of earlier versions have no checksum.
 *  @throws {Failure} weights-damaged, file-missing, weights-format, weights-truncated */
export async function readRunWeights(path: string): Promise<Tensors> {
  const { tensors, metadata } = await readSafetensors(path)
  const { sha256, ...rest } = metadata
  if (sha256 !== undefined && sha256 !== checksum(JSON.stringify(rest), tensors))
    throw new Failure('weights-damaged', { path })
  return tensors
}

/** Over the text, and over name and bytes of each tensor. */
function checksum(text: string, tensors: Tensors): string {
  const hash = createHash('sha256').update(text)
  for (const [name, { data }] of tensors) hash.update(`\n${name}\n`).update(bytesOf(data))
  return hash.digest('hex')
}

/** The weights on the disk are those of the best epoch that the checkpoint knows; where they cannot
 *  be, no epoch is the best so far. */
async function settleBest(folder: string, checkpoint: Checkpoint): Promise<Checkpoint> {
  const { nextWeights, weights } = runPaths(folder)
  const { progress } = checkpoint
  if (progress.best === null) return checkpoint
  if ((await epochOf(nextWeights)) === progress.best.epoch)
    await replace(nextWeights, weights, folder)
  else await rm(nextWeights, { force: true })
  if ((await epochOf(weights)) === progress.best.epoch) return checkpoint
  return { ...checkpoint, progress: { ...progress, best: null } }
}

const epochOf = (path: string) =>
  readSafetensors(path).then(
    ({ metadata }) => Number(metadata.epoch),
    () => null,
  )

async function replace(from: string, to: string, folder: string) {
  try {
    await rename(from, to)
    await syncFolder(folder)
  } catch (error) {
    throw writeFailure(to, error)
  }
}

async function removeParts(folder: string) {
  const names = await readdir(folder).catch(() => [])
  for (const name of names)
    if (name.endsWith('.part')) await rm(join(folder, name), { force: true })
}
