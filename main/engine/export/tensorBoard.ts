// Writes runs as event files for TensorBoard into a new folder: one folder per run with the parts
// `train` and `validation`, which TensorBoard draws into the same charts. Tags are those of Keras.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { reduceRun, type RunState } from '../../../shared/runState'
import { fileNameOf, Names, writeNewFolder } from '../files/freeNames'
import { readNotes } from '../runFiles/notes'
import { readEvents, readRun } from '../runFiles/runFolder'
import { writeFileAtomically } from '../files/wholeFiles'
import { writeFailure } from '../files/fileFailures'
import { encodeEvents, type Scalars } from './eventFile'

/** Creates a folder in `into`, with a folder for each run under the name that the person gave it.
 *  @param runs folders of runs
 *  @throws {Failure} run-missing, disk-full, not-writable */
export async function exportTensorBoard(
  runs: readonly string[],
  into: string,
): Promise<{ path: string; bytes: number }> {
  const known = runs.map((folder) => ({
    folder,
    name: readNotes(folder).name,
    run: readRun(folder),
  }))
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

/** Training scalars per step and epoch, validation scalars per epoch; of an exactly solved head the path of
 *  penalties and the learning curve. */
export function curvesOf(state: RunState): Record<'train' | 'validation', Scalars[]> {
  const { steps, epochs } = state
  const rows = steps.toRows()
  let at = 0
  const stepBefore = (sequence: number) => {
    while (at < rows.length && rows[at]!.sequence < sequence) at++
    return rows[at - 1]?.step ?? 0
  }
  const batches = rows.map(({ time, step, loss, accuracy, learningRate, imagesPerSecond }) => ({
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
  return {
    train: [...batches, ...of('train'), ...pathOf(state, 'train')],
    validation: [
      ...validation,
      ...of('val'),
      ...pathOf(state, 'outOfFold'),
      ...learningCurveOf(state),
    ],
  }
}

/** Steps count the penalties of each set of views, the strongest first; the penalty itself is a scalar too,
 *  since TensorBoard has no other axis. */
function pathOf({ penalties }: RunState, judged: 'train' | 'outOfFold'): Scalars[] {
  const tried = new Map<string, number>()
  return penalties.map(({ time, views, penalty, ...each }) => {
    const path = `path_${views.join('_')}`
    const step = (tried.get(path) ?? 0) + 1
    tried.set(path, step)
    return {
      time: time / 1000,
      step,
      values: {
        [`${path}/loss`]: each[`${judged}Loss`],
        [`${path}/accuracy`]: each[`${judged}Accuracy`],
        [`${path}/penalty`]: penalty,
      },
    }
  })
}

/** Steps are numbers of photos. */
const learningCurveOf = ({ learningCurve }: RunState): Scalars[] =>
  (learningCurve?.points ?? []).map(({ photos, accuracy, loss }) => ({
    time: learningCurve!.time / 1000,
    step: photos,
    values: { 'learning_curve/accuracy': accuracy, 'learning_curve/loss': loss },
  }))

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
