// Writes runs as event files for TensorBoard into a new folder: one folder per run with the parts
// `train` and `validation`, which TensorBoard draws into the same charts. Tags are those of Keras.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { reduceRun, type RunState } from '../../../shared/run'
import { fileNameOf, Names, writeNewFolder } from '../files/freeNames'
import { readEvents, readRun } from '../runFiles/runFolder'
import { writeFileAtomically } from '../files/wholeFiles'
import { writeFailure } from '../files/fileFailures'
import { encodeEvents, type Scalars } from './eventFile'

export interface NamedRun {
  /** The folder of the run. */
  readonly folder: string
  /** Name of its folder; empty: the run's id. */
  readonly name: string
}

/** Creates a folder in `into`. @throws {Failure} run-missing, disk-full, not-writable */
export async function exportTensorBoard(
  runs: readonly NamedRun[],
  into: string,
): Promise<{ path: string; bytes: number }> {
  const known = runs.map(({ folder, name }) => ({ folder, name, run: readRun(folder) }))
  const { path, result } = await writeNewFolder(into, 'restage tensorboard', async (temporary) => {
    const names = new Names()
    let bytes = 0
    for (const { folder, name, run } of known) {
      const runFolder = join(temporary, names.free('', fileNameOf(name || run.runId)))
      const curves = curvesOf(reduceRun(readEvents(folder)))
      for (const [part, scalars] of Object.entries(curves))
        bytes += await write(join(runFolder, part), { created: run.created, scalars })
    }
    return bytes
  })
  return { path, bytes: result }
}

/** Training scalars per step and epoch, validation scalars per epoch. */
export function curvesOf({ steps, epochs }: RunState): Record<'train' | 'validation', Scalars[]> {
  let at = 0
  const stepBefore = (sequence: number) => {
    while (at < steps.length && steps[at]!.sequence < sequence) at++
    return steps[at - 1]?.step ?? 0
  }
  const batches = steps.map(({ time, step, loss, accuracy, learningRate, imagesPerSecond }) => ({
    time: time / 1000,
    step,
    values: {
      loss,
      accuracy,
      learning_rate: learningRate,
      images_per_second: imagesPerSecond,
    },
  }))
  const of = (key: 'train' | 'val') =>
    epochs.map((epoch) => ({
      time: epoch.time / 1000,
      step: epoch.epoch,
      values: { epoch_loss: epoch[`${key}Loss`], epoch_accuracy: epoch[`${key}Accuracy`] },
    }))
  const validation = epochs.map(({ time, sequence, valLoss, valAccuracy }) => ({
    time: time / 1000,
    step: stepBefore(sequence),
    values: { loss: valLoss, accuracy: valAccuracy },
  }))
  return { train: [...batches, ...of('train')], validation: [...validation, ...of('val')] }
}

async function write(
  folder: string,
  { created, scalars }: { created: number; scalars: readonly Scalars[] },
): Promise<number> {
  const path = join(folder, `events.out.tfevents.${Math.floor(created / 1000)}.restage`)
  const bytes = encodeEvents(scalars)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(folder, error)
  })
  await writeFileAtomically(path, [bytes])
  return bytes.length
}
