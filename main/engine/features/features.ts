// The outputs of a network's frozen layers (features), computed once for each photo and kept on disk.
import { type Network } from '../network/layers'
import { elementCount, type Tensors } from '../network/tensor'
import {
  openFeatureCache,
  pruneFeatureCaches,
  type FeatureCache,
  type FeatureCacheOptions,
} from './featureCache'
import type { Precision } from '../../../shared/device'
import { openInference, type Inference } from '../tensorflow/inference'
import type { BatchLimit } from './batchLimit'
import { mirrored } from '../pictures/mirror'
import { evenBatches, pictureBatches, reasonOf, type PictureBatch } from '../pictures/batches'
import type { PhotoFile } from '../pictures/sample'

export interface FeatureOptions {
  /** The layers whose output is wanted: those below the first trainable one. */
  readonly below: Network
  readonly tensors: Tensors
  readonly limit: BatchLimit
  /** Identifies the exact weights. */
  readonly fingerprint: string
  readonly precision: Precision
  /** Shorter side in pixels to which a photo is scaled before its centre square is cut out. */
  readonly resize: number
  /** Whether photos are flipped from left to right. */
  readonly mirrored?: boolean
  readonly cacheRoot: string
  /** SHA-256 of the file at `path`. */
  readonly hash: (path: string) => Promise<string>
  /** Photos computed in one call, which blocks the engine's thread. */
  readonly photosAtOnce?: number
}
export interface Features {
  /** Values of one photo. */
  readonly length: number
  /** Height and width of the features; 1 x 1 for pooled ones. */
  readonly grid: readonly [number, number]
  /** Computes what the cache lacks; yields after each batch.
   *  @throws {Failure} disk-full, not-writable, out-of-memory */
  fill(photos: readonly PhotoFile[]): AsyncGenerator<{
    readonly done: number
    readonly total: number
    readonly computed: number
    readonly unreadable: PictureBatch<PhotoFile>['unreadable']
  }>
  /** The photos whose features are there. */
  readable<Photo extends PhotoFile>(photos: readonly Photo[]): Photo[]
  /** SHA-256 of a photo that is readable. */
  hashOf(photo: PhotoFile): string
  /** [photos, length], for photos that are readable. */
  read(photos: readonly PhotoFile[]): Promise<Float32Array>
  /** Closes the network; `fill` opens it again when it has something to compute. */
  rest(): Promise<void>
  close(): Promise<void>
}
/** Beyond this the least recently used caches are deleted. */
const maxCacheBytes = 20e9
const usualPhotosAtOnce = 16
const hashedAtOnce = 64

type CacheIdentity = Pick<
  FeatureOptions,
  'below' | 'fingerprint' | 'precision' | 'resize' | 'cacheRoot' | 'mirrored'
>

const lastOf = ({ layers }: Network) => layers[layers.length - 1]!

/** The cache that holds these features. */
export function featureCacheFor(options: CacheIdentity): FeatureCacheOptions {
  const { below, fingerprint, precision, resize, cacheRoot } = options
  const last = lastOf(below)
  const key = {
    weights: fingerprint,
    layer: last.name,
    architecture: below.architecture,
    size: below.size,
    resize,
    precision,
    view: options.mirrored ? 'mirrored' : 'centre',
    version: 1,
  }
  return { folder: cacheRoot, key, bytesPerRecord: elementCount(last.output) * 4 }
}

/** @throws {Failure} disk-full, not-writable */
export async function openFeatures(options: FeatureOptions): Promise<Features> {
  const cacheOptions = featureCacheFor(options)
  const length = cacheOptions.bytesPerRecord / 4
  await pruneFeatureCaches(options.cacheRoot, maxCacheBytes)
  const cache = await openFeatureCache(cacheOptions)
  const hashes = new Map<string, string>()
  const hashOf = ({ path }: PhotoFile) => hashes.get(path)!
  // Opened when the first feature must be computed, then kept for later calls of fill.
  let inference: Promise<Inference> | null = null
  const compute = () =>
    (inference ??= openInference({
      network: options.below,
      tensors: options.tensors,
      precision: options.precision,
      input: 'pixels',
    }))
  const rest = async () => {
    const opened = await inference?.catch(() => null)
    inference = null
    opened?.dispose()
  }
  return {
    length,
    grid: [lastOf(options.below).output[0], lastOf(options.below).output[1]],
    fill: (photos) => fill(photos, { options, cache, hashes, compute }),
    readable: (photos) =>
      photos.filter((photo) => hashes.has(photo.path) && cache.has(hashOf(photo))),
    hashOf,
    async read(photos) {
      const target = new Float32Array(photos.length * length)
      await cache.readInto(photos.map(hashOf), target)
      return target
    },
    rest,
    async close() {
      await rest()
      await cache.close()
    },
  }
}

interface Filling {
  readonly options: FeatureOptions
  readonly cache: FeatureCache
  readonly hashes: Map<string, string>
  readonly compute: () => Promise<Inference>
}

async function* fill(photos: readonly PhotoFile[], { options, cache, hashes, compute }: Filling) {
  const total = photos.length
  const unreadable: PictureBatch<PhotoFile>['unreadable'][number][] = []
  for (const part of evenBatches(photos, hashedAtOnce)) {
    await Promise.all(
      part.map(({ path }) =>
        options.hash(path).then(
          (hash) => hashes.set(path, hash),
          (error: unknown) => unreadable.push({ path, reason: reasonOf(error) }),
        ),
      ),
    )
  }
  await cache.check(photos.flatMap(({ path }) => hashes.get(path) ?? []))
  const wanted = new Map<string, PhotoFile>()
  for (const photo of photos) {
    const hash = hashes.get(photo.path)
    if (hash !== undefined && !cache.has(hash)) wanted.set(hash, photo)
  }
  const missing = [...wanted.values()]
  let done = total - missing.length
  yield { done, total, computed: 0, unreadable }
  if (missing.length === 0) return
  const inference = await compute()
  const batches = evenBatches(missing, options.photosAtOnce ?? usualPhotosAtOnce)
  const square = { resize: options.resize, crop: options.below.size }
  for await (const batch of pictureBatches(batches, square)) {
    if (batch.samples.length > 0) {
      const features = options.limit.rows(
        batch.samples.length,
        { pixels: options.mirrored ? mirrored(batch.pixels, square.crop) : batch.pixels },
        (part, count) => inference.run(part, count),
      )
      await cache.append(
        batch.samples.map(({ path }) => hashes.get(path)!),
        features,
      )
    }
    done += batch.samples.length + batch.unreadable.length
    yield { done, total, computed: batch.samples.length, unreadable: batch.unreadable }
  }
}

/** Bytes on the disk, and the most there may be. */
export const featureCacheUse = async (root: string) => ({
  bytes: await pruneFeatureCaches(root, Infinity),
  limit: maxCacheBytes,
})

/** Deletes all caches that are not open; features are computed again when needed. */
export const clearFeatureCaches = (root: string) => pruneFeatureCaches(root, -1)
