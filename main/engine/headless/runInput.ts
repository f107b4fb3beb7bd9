// What a run without a window trains with: the photos of its folders with their copies, its weights, and what
// work costs here. A resumed run takes its own photos and classes.
import type { RunConfig } from '../../../shared/runConfig'
import { openCopies } from '../dataset/checks/copies'
import { labelledFolder, type LabelledPicture } from '../dataset/labelledFolder'
import { createDevice } from '../device/device'
import { homePaths, type Home } from '../files/home'
import { openFingerprints } from '../pictures/fingerprint'
import { costsOf } from '../plan/costs'
import { countsOf } from '../plan/sampleCounts'
import { samplesOf, type Samples } from '../plan/samples'
import { readRun } from '../runFiles/runFolder'
import { samplesToGoOn } from '../runs/samplesToGoOn'
import { startingWeights } from '../weights/startingWeights'

interface Photos {
  readonly folder: string
  /** Folder of the validation photos, where they are not in the other. */
  readonly val: string | undefined
}
type Asked = Photos & { readonly config: RunConfig }

/** The photos and weights of a run, and what work costs here. */
export const runInput = async (home: Home, { config, ...photos }: Asked) =>
  inputOf(home, config, samplesOf(await photosWithCopies(home, photos), config))

/** Of a run that is resumed: its own photos, classes and precision, wherever the photos lie now. */
export async function inputOfResumed(home: Home, run: string, photos: Photos) {
  const file = readRun(run)
  const { config, plan } = file
  let found: ReadonlyMap<string, string> | null = null
  const samples = await samplesToGoOn({
    folder: run,
    run: file,
    // Only asked of runs from before their photos were stored: drawn as then, from paths.
    samples: async () => samplesOf(await labelledPhotos(photos), config),
    pathOf: async (photo) => {
      found ??= placesOf(await photosWithCopies(home, photos))
      return found.get(photo.hash ?? placeInSet(photo.path)) ?? null
    },
  })
  const input = await inputOf(home, { ...config, precision: plan.precision }, samples)
  return { ...input, config }
}

/** Where photos lie, by their content and by folder and name. */
const placesOf = (pictures: readonly LabelledPicture[]) =>
  new Map(
    pictures.flatMap(({ path, hash }) => [
      [placeInSet(path), path] as const,
      ...(hash ? [[hash, path] as const] : []),
    ]),
  )
const placeInSet = (path: string) => path.split(/[\\/]/).slice(-2).join('/')

async function labelledPhotos({ folder, val }: Photos): Promise<LabelledPicture[]> {
  const pictures = await labelledFolder(folder)
  if (val === undefined) return pictures
  const held = await labelledFolder(val)
  return [
    ...pictures.map((picture) => ({ ...picture, split: 'train' as const })),
    ...held.map((picture) => ({ ...picture, split: 'val' as const })),
  ]
}

/** With hash and group of each, so that no copy is drawn to the other side. */
async function photosWithCopies(home: Home, photos: Photos): Promise<LabelledPicture[]> {
  const pictures = await labelledPhotos(photos)
  const fingerprints = await openFingerprints(homePaths(home).fingerprints)
  const looked = await openCopies(fingerprints).find(pictures)
  await fingerprints.flush()
  return pictures.map((picture) => ({ ...picture, ...looked.get(picture.id) }))
}

async function inputOf(home: Home, config: RunConfig, samples: Samples) {
  const computing = createDevice(home)
  const precision = await computing.precision(config.precision)
  const { versions, device } = await computing.status()
  const weights = await startingWeights(home, config)
  const costs = await costsOf({
    ...{ home, device, precision, weights },
    photos: [...samples.train, ...samples.val],
  })
  return {
    ...{ config, samples, precision, versions, weights, costs },
    cacheRoot: homePaths(home).features,
    counts: countsOf(samples),
    train: () => samples.train,
  }
}
