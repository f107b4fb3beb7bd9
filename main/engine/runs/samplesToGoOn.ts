// The photos of a run that is continued: those that it started with. A photo that has moved since is
// found by its id or content in the data set; a few missing photos are left out by training, with a
// warning.
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
  /** The photos of the data set as it is now. */
  readonly samples: () => Samples | Promise<Samples>
  /** Where a photo of the run lies now; null: it is no longer there. Asked only of photos that are not where
   *  they were. */
  readonly pathOf: (photo: Sample) => string | null | Promise<string | null>
}

const atOnce = 32
/** With a larger share missing, a disk is probably not connected, rather than photos deleted. */
const maxMissing = 0.5

/** @throws {Failure} file-missing */
export async function samplesToGoOn({ folder, run, samples, pathOf }: Now): Promise<Samples> {
  const stored = (await readSamples(folder)) ?? sameSamples(await samples(), run)
  const missing: string[] = []
  const movedTo = new Map<string, string>()
  const all = [...stored.train, ...stored.val]
  await inParallel(all, atOnce, async (photo) => {
    const { path } = photo
    if (await isThere(path)) return
    const now = await pathOf(photo)
    if (now !== null && now !== path && (await isThere(now))) movedTo.set(path, now)
    else missing.push(path)
  })
  if (missing.length > maxMissing * all.length)
    throw new Failure('file-missing', { path: missing.sort()[0]! })
  const atPresentPaths = (list: readonly Sample[]) =>
    list.map((sample) => ({ ...sample, path: movedTo.get(sample.path) ?? sample.path }))
  return {
    classes: stored.classes,
    train: atPresentPaths(stored.train),
    val: atPresentPaths(stored.val),
    test: atPresentPaths(stored.test),
  }
}

/** For a run from before its photos were stored in its folder. */
function sameSamples(now: Samples, { dataset, photos }: RunFile): Samples {
  if (fingerprintOfSamples(now) === dataset) return now
  throw new Failure('file-missing', { path: photos[0] ?? '' })
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
