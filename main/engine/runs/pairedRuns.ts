// Runs compared in pairs on the photos that both judged and that taught neither.
import { pairedPhotos, type JudgedPhotos, type RunPair } from '../../../shared/pairedRuns'
import { decodeJudgement, judgedPlaces } from '../../../shared/statistics/judgementCode'
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

/** What the kept epoch said of the validation photos; null: not known, as of runs of earlier versions. */
async function judgedPhotosOf(folder: string): Promise<JudgedPhotos | null> {
  const samples = await readSamples(folder)
  const { best } = await readState(folder)
  if (!samples || !best) return null
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
