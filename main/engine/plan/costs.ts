// What training on these photos costs on this computer, as plans need it. Measured once and then looked
// up, so that a plan can be made at every change of a setting.
import { decodeBatch } from '../pictures/batches'
import { featureCacheFor } from '../features/features'
import { homePaths, type Home } from '../files/home'
import type { Costs } from './predict'
import type { Sample } from '../pictures/sample'
import type { StartingWeights } from '../weights/startingWeights'
import { peekFeatureCache } from '../features/peekFeatureCache'
import { correct, correctionsOf, speedOf, type DeviceSetup } from './speed'

type Photo = Pick<Sample, 'path' | 'hash'>
export interface CostsInput extends DeviceSetup {
  readonly home: Home
  readonly weights: StartingWeights
  /** The training and validation photos. */
  readonly photos: readonly Photo[]
}

/** @throws {Failure} out-of-memory, disk-full, not-writable, while it measures for the first time */
export async function costsOf(input: CostsInput): Promise<Costs> {
  const { home, weights, photos, ...setup } = input
  const cacheRoot = homePaths(home).features
  return {
    speed: await speedOf(home, { ...setup, architecture: weights.architecture }),
    perPhoto: await secondsPerPhoto(photos),
    correction: correctionsOf(home, setup),
    correct: (kind, taken) => correct(home, setup, { kind, taken }),
    cached(below, resize) {
      const { fingerprint } = weights
      const { precision } = setup
      const cache = peekFeatureCache(
        featureCacheFor({ below, resize, fingerprint, precision, cacheRoot }),
      )
      if (!cache) return 0
      return photos.reduce((sum, { hash }) => sum + (hash && cache.has(hash) ? 1 : 0), 0)
    },
  }
}

const timedPhotos = 8
const square = { resize: 256, crop: 224 }
let latest: { readonly key: string; readonly seconds: Promise<number> } | null = null

/** Seconds to decode a photo, from a few photos spread over the list, decoded in parallel as in a run. */
function secondsPerPhoto(photos: readonly Photo[]): Promise<number> {
  const some = Array.from(
    { length: Math.min(timedPhotos, photos.length) },
    (_, i) => photos[Math.floor((i * photos.length) / timedPhotos)] ?? photos[i]!,
  )
  const key = some.map(({ path }) => path).join('\n')
  if (latest?.key !== key) latest = { key, seconds: timeDecoding(some) }
  return latest.seconds
}

async function timeDecoding(photos: readonly Photo[]): Promise<number> {
  if (photos.length === 0) return 0
  const started = performance.now()
  await decodeBatch(photos, square)
  return (performance.now() - started) / 1000 / photos.length
}
