// The costs of a run of these photos on this machine: what plans are made with. Measured once and
// looked up from then on, so that a plan can be asked for at every change of a setting.
import { decodeBatch } from '../pictures/batches'
import { featureCacheFor } from '../features/features'
import { homePaths, type Home } from '../files/home'
import type { Costs } from './predict'
import type { Sample } from '../pictures/sample'
import type { StartingWeights } from '../weights/startingWeights'
import { peekFeatureCache } from '../features/featureCache'
import { correct, correctionsOf, speedOf, type Place } from './speed'

type Photo = Pick<Sample, 'path' | 'hash'>
export interface CostsInput extends Place {
  readonly home: Home
  readonly weights: StartingWeights
  /** Those that it would train and validate with. */
  readonly photos: readonly Photo[]
}

/** @throws what measuring throws the first time: out-of-memory, disk-full, not-writable */
export async function costsOf(input: CostsInput): Promise<Costs> {
  const { home, weights, photos, ...place } = input
  const root = homePaths(home).features
  return {
    speed: await speedOf(home, { ...place, architecture: weights.architecture }),
    perPhoto: await secondsPerPhoto(photos),
    correction: correctionsOf(home, place),
    correct: (kind, ratio) => correct(home, place, { kind, ratio }),
    cached(below, resize) {
      const { fingerprint } = weights
      const { precision } = place
      const cache = peekFeatureCache(
        featureCacheFor({ below, resize, fingerprint, precision, cacheRoot: root }),
      )
      if (!cache) return 0
      return photos.reduce((sum, { hash }) => sum + (hash && cache.has(hash) ? 1 : 0), 0)
    },
  }
}

const tried = 8
const square = { resize: 256, crop: 224 }
let latest: { readonly key: string; readonly seconds: Promise<number> } | null = null

/** Of a few photos from all over the list, several at a time as a run does it. */
function secondsPerPhoto(photos: readonly Photo[]): Promise<number> {
  const some = Array.from(
    { length: Math.min(tried, photos.length) },
    (_, i) => photos[Math.floor((i * photos.length) / tried)] ?? photos[i]!,
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
