// The photos on which a run can be judged honestly: its own by what heads that had not seen them said, where
// it has that; else those that did not teach it.
import type { Split } from '../../../shared/dataset'
import type { Basis } from '../../../shared/evaluation'
import type { Sample } from '../pictures/sample'
import type { Samples } from '../plan/samples'
import { readOutOfFold, type OutOfFold } from '../runFiles/outOfFold'
import { fingerprintOfSamples, readSamples } from '../runFiles/storedSamples'
import type { RunFile } from '../runFiles/runFolder'
import { photosToJudge, type PhotoNow, type PhotoToJudge, type RunPhotos } from './photosToJudge'

export interface JudgedSample extends Sample {
  /** [classes]: what heads that had not seen the photo said of it; absent: the model is asked. */
  readonly logits?: Float32Array
}
export interface PhotosOfRun {
  readonly samples: readonly JudgedSample[]
  readonly basis: Basis
}

interface Question {
  readonly folder: string
  readonly run: RunFile
  readonly now: readonly PhotoNow[]
  /** The part of the photos that is asked for; null: all of them. */
  readonly split: Split | null
  /** The split of today's photos as a run with this configuration would draw it, for runs from before their
   *  photos were stored. */
  readonly drawn: () => Samples
}

/** Photos of classes that the run has not learned are left out. Of a part that only taught the run, with no
 *  out-of-fold answers, all are judged, and the basis says so. */
export async function photosOfRun({
  folder,
  run,
  now,
  split,
  drawn,
}: Question): Promise<PhotosOfRun> {
  const stored = (await readSamples(folder)) ?? sameSamples(drawn(), run)
  if (!stored) return unknownPhotos(run, now, split)
  const outOfFold = await readOutOfFold(folder)
  const splitOf = new Map(now.map((photo) => [photo.id, photo.split]))
  const asked = photosToJudge(withClasses(stored, run), now)
    .map((photo) => ({ ...photo, logits: answerTo(photo, outOfFold) }))
    // A photo that the run could not read did not teach it.
    .map((photo) =>
      photo.logits === 'unread' ? unseen(photo) : { ...photo, logits: photo.logits },
    )
    .filter((photo) => isAsked(photo, { split, today: splitOf.get(photo.id) ?? null, outOfFold }))
  const honest = asked.filter(({ role, logits }) => role !== 'trained' || logits)
  const judged = honest.length > 0 ? honest : asked
  const count = (fits: (photo: (typeof asked)[number]) => boolean) => judged.filter(fits).length
  return {
    samples: judged.map(({ id, path, label, logits }) => ({
      ...{ id, path, label },
      ...(logits && { logits }),
    })),
    basis: {
      unseen: count(({ role }) => role === 'unseen'),
      chose: count(({ role, logits }) => role === 'chose' && !logits),
      outOfFold: count(({ logits }) => logits !== null),
      trained: count(({ role, logits }) => role === 'trained' && !logits),
      unknown: 0,
      addedSince: count(({ addedSince }) => addedSince),
      relabelled: count(({ relabelled }) => relabelled),
      leftOut: asked.length - judged.length,
    },
  }
}

const unseen = <T extends PhotoToJudge>(photo: T) => ({
  ...photo,
  role: 'unseen' as const,
  logits: null,
})

/** `unread`: the run could not read it. */
function answerTo({ place }: PhotoToJudge, outOfFold: OutOfFold | null) {
  if (!outOfFold || place === null) return null
  const { logits, classes } = outOfFold
  const row = logits.slice(place * classes, (place + 1) * classes)
  return row.length < classes ? null : row.some(Number.isNaN) ? ('unread' as const) : row
}

interface Part {
  readonly split: Split | null
  /** The photo's split today. */
  readonly today: Split | null
  readonly outOfFold: OutOfFold | null
}

/** A photo belongs to the part that it had in the run, whatever was edited since; one added since to the test
 *  photos where it is one today, else to the validation photos. Where every photo of the run has an
 *  out-of-fold answer, all of them validate. */
function isAsked(
  { role, place, addedSince }: PhotoToJudge,
  { split, today, outOfFold }: Part,
): boolean {
  if (split === null) return true
  if (split === 'train') return role === 'trained'
  const isTest = role === 'unseen' && place === null && (addedSince ? today === 'test' : true)
  if (split === 'test') return isTest
  return outOfFold !== null ? !isTest : role !== 'trained' && !isTest
}

/** Labels are numbers of the run's own classes. */
const withClasses = ({ train, val, test }: Samples, { classes }: RunFile): RunPhotos => ({
  ...{ classes, train, val, test },
})

const sameSamples = (now: Samples, { dataset }: RunFile) =>
  fingerprintOfSamples(now) === dataset ? now : null

function unknownPhotos(
  { classes }: RunFile,
  now: readonly PhotoNow[],
  split: Split | null,
): PhotosOfRun {
  const samples = now.flatMap((photo) => {
    const label = classes.indexOf(photo.className)
    if (label < 0 || (split !== null && photo.split !== split)) return []
    return [{ id: photo.id, path: photo.path, label }]
  })
  return {
    samples,
    basis: {
      ...{ unseen: 0, chose: 0, outOfFold: 0, trained: 0, unknown: samples.length },
      ...{ addedSince: 0, relabelled: 0, leftOut: 0 },
    },
  }
}
