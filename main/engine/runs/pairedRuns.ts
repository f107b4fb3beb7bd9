// Runs compared in pairs on the photos that both judged and that taught neither.
import {
  pairedPhotos,
  type JudgedPhoto,
  type JudgedPhotos,
  type RunPair,
} from '../../../shared/pairedRuns'
import { decodeJudgement, judgedPlaces } from '../../../shared/statistics/judgementCode'
import type { Samples } from '../plan/samples'
import { readOutOfFold, type OutOfFold } from '../runFiles/outOfFold'
import { largest } from '../../../shared/statistics/metrics'
import { readSamples } from '../runFiles/storedSamples'
import { readState } from './readState'

/** Every pair of the runs that say what they judged.
 *  @param folderOf throws run-missing */
export async function pairsOf(
  runIds: readonly string[],
  folderOf: (runId: string) => string,
): Promise<RunPair[]> {
  const known: { runId: string; photos: JudgedPhotos }[] = []
  for (const runId of runIds) {
    const photos = await judgedPhotosOf(folderOf(runId))
    if (photos) known.push({ runId, photos })
  }
  return known.flatMap((first, i) =>
    known.slice(i + 1).map((second) => ({
      first: first.runId,
      second: second.runId,
      ...pairedPhotos(first.photos, second.photos),
    })),
  )
}

/** What the kept epoch said of the validation photos, or heads that had not seen them of all photos; null: not
 *  known, as of runs of earlier versions. */
async function judgedPhotosOf(folder: string): Promise<JudgedPhotos | null> {
  const samples = await readSamples(folder)
  if (!samples) return null
  const outOfFold = await readOutOfFold(folder)
  if (outOfFold) return { taught: [], judged: judgedOutOfFold(samples, outOfFold) }
  const { best } = await readState(folder)
  if (!best) return null
  const places = judgedPlaces(samples.val.length)
  const judgement = decodeJudgement(best.judged, places.length)
  if (!judgement) return null
  return {
    taught: samples.train,
    judged: places.flatMap((place, i) => {
      const { id, hash, label } = samples.val[place]!
      const isRead = !Number.isNaN(judgement.loss[i])
      return isRead
        ? [{ id, hash, className: samples.classes[label]!, right: judgement.right[i]! }]
        : []
    }),
  }
}

const judgedOutOfFold = (
  { classes: names, train, val }: Samples,
  { logits, classes }: OutOfFold,
): JudgedPhoto[] =>
  [...train, ...val].flatMap(({ id, hash, label }, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes)
    const isRead = row.length === classes && !Number.isNaN(row[0]!)
    return isRead ? [{ id, hash, className: names[label]!, right: largest(row) === label }] : []
  })
