// The checkpoints from which a run resumes: two files, written in turn, each with the tensors that
// training has changed, the optimizer's state and the progress. The newer one whose checksum is right
// counts. New best weights are kept beside the old ones until the checkpoint that names them is on the
// disk, so after an interruption at any moment weights and checkpoint belong to the same epoch.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../shared/failure'
import { View } from '../../../shared/network'
import type { Network } from '../network/layers'
import type { Tensors } from '../network/tensor'
import { bytesOf, syncFolder } from '../files/wholeFiles'
import { writeFailure } from '../files/fileFailures'
import { readSafetensors, writeSafetensors } from '../weights/formats/safetensors'
import { chosenAnew, Progress } from './runProgress'
import { runPaths, syncEvents } from './runFolder'

export interface Checkpoint {
  readonly progress: Progress
  /** Weights, statistics and optimizer state that training has changed. */
  readonly tensors: Tensors
}
interface NewCheckpoint extends Checkpoint {
  /** The whole network, if the epoch just finished is the best so far; else null. */
  readonly best: NewWeights | null
}
interface NewWeights {
  readonly network: Network
  readonly tensors: Tensors
}

const slots = ['a', 'b'] as const
const slotPaths = (folder: string) =>
  slots.map((slot) => join(runPaths(folder).checkpoints, `${slot}.safetensors`))

export const hasCheckpoint = (folder: string) => slotPaths(folder).some((path) => existsSync(path))

/** When it resolves, the checkpoint is on the disk, and so are all events so far.
 *  @throws {Failure} disk-full, not-writable; the last checkpoint is then as it was */
export async function saveCheckpoint(folder: string, { progress, tensors, best }: NewCheckpoint) {
  const { nextWeights, weights } = runPaths(folder)
  syncEvents(folder)
  if (best) {
    await writeWeights(nextWeights, { ...best, epoch: progress.epoch })
  }
  const text = JSON.stringify(progress)
  const path = slotPaths(folder)[progress.saved % slots.length]!
  await writeSafetensors(path, tensors, { progress: text, sha256: checksum(text, tensors) })
  if (best) await replace(nextWeights, weights, folder)
}

/** Writes the weights of a run that has no epochs: its head was solved.
 *  @throws {Failure} disk-full, not-writable; the weights before are then as they were */
export async function saveSolvedWeights(folder: string, best: NewWeights) {
  const { nextWeights, weights } = runPaths(folder)
  await writeWeights(nextWeights, { ...best, epoch: 0 })
  await replace(nextWeights, weights, folder)
}

async function writeWeights(
  path: string,
  { network, tensors, epoch }: NewWeights & { readonly epoch: number },
) {
  const metadata = {
    epoch: String(epoch),
    architecture: network.architecture,
    layout: 'OIHW',
    ...(network.views.length > 0 && { views: network.views.join(',') }),
  }
  const sha256 = checksum(JSON.stringify(metadata), tensors)
  await writeSafetensors(path, tensors, { ...metadata, sha256 })
}

/** The newest complete checkpoint, or null. Removes what an interrupted write has left.
 *  @throws {Failure} file-unreadable where a file is there and cannot be opened at present: taking an
 *  older one would lose what it holds; disk-full, not-writable */
export async function recoverCheckpoint(folder: string): Promise<Checkpoint | null> {
  const { checkpoints } = runPaths(folder)
  for (const one of [folder, checkpoints]) await removePartialFiles(one)
  const found = await Promise.all(slotPaths(folder).map(readCheckpoint))
  const [newest = null] = found
    .filter((checkpoint) => checkpoint !== null)
    .sort((a, b) => b.progress.saved - a.progress.saved)
  return newest && matchBestWeights(folder, newest)
}

/** Null where it is missing, damaged or from another version: the other one counts.
 *  @throws {Failure} file-unreadable */
async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  const file = await readSafetensors(path).catch(nullIfDamaged)
  if (!file) return null
  const text = file.metadata.progress ?? ''
  if (file.metadata.sha256 !== checksum(text, file.tensors)) return null
  try {
    return { tensors: file.tensors, progress: Progress.parse(JSON.parse(text)) }
  } catch {
    return null
  }
}

/** As a handler of a rejected read. @throws {Failure} file-unreadable */
function nullIfDamaged(error: unknown): null {
  if (error instanceof Failure && error.code === 'file-unreadable') throw error
  return null
}

export interface RunWeights {
  readonly tensors: Tensors
  /** The views of a picture that the network takes; empty: it takes the picture as it is. */
  readonly views: readonly View[]
}

/** The weights of a run's best epoch, or of its solved head. Files of earlier versions have no checksum.
 *  @throws {Failure} weights-damaged, file-missing, weights-format, weights-truncated */
export async function readRunWeights(path: string): Promise<RunWeights> {
  const { tensors, metadata } = await readSafetensors(path)
  const { sha256, ...rest } = metadata
  if (sha256 !== undefined && sha256 !== checksum(JSON.stringify(rest), tensors))
    throw new Failure('weights-damaged', { path })
  const views = z.array(View).safeParse(metadata.views?.split(',') ?? [])
  if (!views.success) throw new Failure('weights-damaged', { path })
  return { tensors, views: views.data }
}

/** Over the text, and over name and bytes of each tensor. */
function checksum(text: string, tensors: Tensors): string {
  const hash = createHash('sha256').update(text)
  for (const [name, { data }] of tensors) hash.update(`\n${name}\n`).update(bytesOf(data))
  return hash.digest('hex')
}

/** Makes weights.safetensors hold the best epoch that the checkpoint names; if its weights are lost, the
 *  returned checkpoint has no best epoch. */
async function matchBestWeights(folder: string, checkpoint: Checkpoint): Promise<Checkpoint> {
  const { nextWeights, weights } = runPaths(folder)
  const { progress } = checkpoint
  if (progress.best === null) return checkpoint
  if ((await epochOf(nextWeights)) === progress.best.epoch)
    await replace(nextWeights, weights, folder)
  else await rm(nextWeights, { force: true }).catch(() => undefined)
  if ((await epochOf(weights)) === progress.best.epoch) return checkpoint
  return { ...checkpoint, progress: { ...progress, ...chosenAnew(progress) } }
}

/** Null where it is missing or damaged. @throws {Failure} file-unreadable */
const epochOf = (path: string) =>
  readSafetensors(path).then(({ metadata }) => Number(metadata.epoch), nullIfDamaged)

async function replace(from: string, to: string, folder: string) {
  try {
    await rename(from, to)
    await syncFolder(folder)
  } catch (error) {
    throw writeFailure(to, error)
  }
}

async function removePartialFiles(folder: string) {
  const names = await readdir(folder).catch(() => [])
  for (const name of names)
    if (name.endsWith('.part')) await rm(join(folder, name), { force: true }).catch(() => undefined)
}
