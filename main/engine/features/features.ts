// What the frozen part of a network makes of each photo, computed once and kept on disk.
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
import { evenBatches, pictureBatches } from '../pictures/batches'
import type { Sample } from '../pictures/sample'

export interface FeatureOptions {
  /** The layers below the first trainable one. */
  readonly below: Network
  readonly tensors: Tensors
  readonly limit: BatchLimit
  readonly fingerprint: string
  readonly precision: Precision
  readonly resize: number
  /** Seen in a mirror. */
  readonly mirrored?: boolean
  readonly cacheRoot: string
  readonly hash: (path: string) => Promise<string>
  /** Fewer hold up other work for a shorter time. */
  readonly photosAtOnce?: number
}
export interface Features {
  readonly length: number
  /** Height and width. */
  readonly grid: readonly [number, number]
  /** Computes what is missing; yields after each batch. */
  fill(samples: readonly Sample[]): AsyncGenerator<{
    readonly done: number
    readonly total: number
    readonly computed: number
    readonly unreadable: readonly { path: string; reason: string }[]
  }>
  readable(samples: readonly Sample[]): Sample[]
  read(samples: readonly Sample[]): Promise<Float32Array>
  /** Lets go of the network; it is opened again when something is to be computed. */
  rest(): Promise<void>
  close(): Promise<void>
}
/** Beyond this the caches that were used longest ago go. */
const mostCacheBytes = 20e9
const usualPhotosAtOnce = 16

type Seen = Pick<
  FeatureOptions,
  'below' | 'fingerprint' | 'precision' | 'resize' | 'cacheRoot' | 'mirrored'
>

const lastOf = ({ layers }: Network) => layers[layers.length - 1]!

/** Where the features of a part of a network lie, for any photos. */
export function featureCacheFor(options: Seen): FeatureCacheOptions {
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

export async function openFeatures(options: FeatureOptions): Promise<Features> {
  const place = featureCacheFor(options)
  const length = place.bytesPerRecord / 4
  await pruneFeatureCaches(options.cacheRoot, mostCacheBytes)
  const cache = await openFeatureCache(place)
  const hashes = new Map<string, string>()
  const hashOf = (sample: Sample) => hashes.get(sample.path)!
  // Opened when something is missing, and kept for what is filled later.
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
    fill: (samples) => fill(samples, { options, cache, hashes, compute }),
    readable: (samples) =>
      samples.filter((sample) => hashes.has(sample.path) && cache.has(hashOf(sample))),
    async read(samples) {
      const target = new Float32Array(samples.length * length)
      await cache.readInto(samples.map(hashOf), target)
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

async function* fill(samples: readonly Sample[], { options, cache, hashes, compute }: Filling) {
  const total = samples.length
  const vanished: { path: string; reason: string }[] = []
  for (const part of evenBatches(samples, 64)) {
    await Promise.all(
      part.map(({ path }) =>
        options.hash(path).then(
          (hash) => hashes.set(path, hash),
          (error: unknown) =>
            vanished.push({ path, reason: error instanceof Error ? error.message : String(error) }),
        ),
      ),
    )
  }
  const wanted = new Map<string, Sample>()
  for (const sample of samples) {
    const hash = hashes.get(sample.path)
    if (hash !== undefined && !cache.has(hash)) wanted.set(hash, sample)
  }
  const missing = [...wanted.values()]
  let done = total - missing.length
  yield { done, total, computed: 0, unreadable: vanished }
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

/** Bytes on the disk, and how many there may be. */
export const featureCacheUse = async (root: string) => ({
  bytes: await pruneFeatureCaches(root, Infinity),
  limit: mostCacheBytes,
})

/** Removes all caches but those that a run has open; they are computed again when wanted. */
export const clearFeatureCaches = (root: string) => pruneFeatureCaches(root, -1)
