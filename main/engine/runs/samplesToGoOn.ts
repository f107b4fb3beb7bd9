// The photos of a run that goes on: those it began with. One that lies elsewhere by now is found by
// its id in the data set; a few that are gone are left out by training, which says so.
import { access } from 'node:fs/promises'
import { Failure } from '../../../shared/failure'
import { inParallel } from '../files/parallel'
import type { RunFile } from '../runFiles/runFolder'
import type { Samples } from '../plan/samples'
import type { Sample } from '../pictures/sample'
import { fingerprintOfSamples, readSamples } from '../runFiles/storedSamples'

interface Now {
  readonly folder: string
  readonly run: RunFile
  /** The photos of the data set as it is. */
  readonly samples: () => Samples
  /** Where a picture of the data set lies; null: it is no longer in it. */
  readonly pathOf: (id: string) => string | null
}

const atOnce = 32
/** More than this share gone: a disk is not there, rather than a photo deleted. */
const mostGone = 0.5

/** @throws Failure file-missing */
export async function samplesToGoOn({ folder, run, samples, pathOf }: Now): Promise<Samples> {
  const stored = (await readSamples(folder)) ?? sameSamples(samples(), run)
  const missing: string[] = []
  const places = new Map<string, string>()
  const all = [...stored.train, ...stored.val]
  await inParallel(all, atOnce, async ({ id, path }) => {
    if (await isThere(path)) return
    const now = pathOf(id)
    if (now !== null && now !== path && (await isThere(now))) places.set(path, now)
    else missing.push(path)
  })
  if (missing.length > mostGone * all.length)
    throw new Failure('file-missing', { path: missing.sort()[0]! })
  const placed = (list: readonly Sample[]) =>
    list.map((sample) => ({ ...sample, path: places.get(sample.path) ?? sample.path }))
  return {
    classes: stored.classes,
    train: placed(stored.train),
    val: placed(stored.val),
    test: placed(stored.test),
  }
}

/** For a run from before photos were kept beside it. */
function sameSamples(now: Samples, { dataset, photos }: RunFile): Samples {
  if (fingerprintOfSamples(now) === dataset) return now
  throw new Failure('file-missing', { path: photos[0] ?? '' })
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
