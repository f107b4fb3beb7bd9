// Where the batches of a run come from: cached features, or pictures that are decoded each time
// (whole, or cropped and mirrored at random from a larger canvas).
import { seededRandom } from '../../../shared/random'
import { isAugmented, type RunConfig } from '../../../shared/run'
import { crossEntropyOf, type Judged } from '../evaluation/metrics'
import type { Input } from '../graph/inference'
import type { Batch } from '../graph/training'
import type { Features } from './features'
import { decodeBatch, evenBatches, pictureBatches, type PictureBatch } from './pictureBatches'
import type { LegSettings } from './legs'
import type { Sample, Samples } from './samples'

/** A batch, and which of its photos could not be read. */
type SourceBatch = Batch & { readonly unreadable: PictureBatch['unreadable'] }
export interface Source {
  readonly canvas: number | null
  readable(samples: readonly Sample[]): Sample[]
  /** What is drawn at random depends on seed, epoch and photos alone: a run that goes on within an
   *  epoch asks for the rest of the parts and must get the very same batches. */
  batches(parts: readonly (readonly Sample[])[], epoch: number): AsyncGenerator<SourceBatch>
  /** With kept statistics. */
  judge(samples: readonly Sample[], judge: Judge): Promise<Judged>
}
export interface Judge {
  /** Logits [count, classes]. */
  readonly logits: (input: Input, count: number) => Float32Array
  /** Called between batches. */
  readonly breathe: () => Promise<void>
}
/** What a source needs of a run. */
export interface SourceOptions {
  readonly config: RunConfig
  readonly leg: Pick<LegSettings, 'network' | 'resize'>
  readonly samples: Samples
}
const labelsOf = (samples: readonly Sample[]) => Int32Array.from(samples, ({ label }) => label)

export function cachedSource({ config, samples }: SourceOptions, features: Features): Source {
  const classes = samples.classes.length
  return {
    canvas: null,
    readable: (list) => features.readable(list),
    async *batches(parts) {
      for (const part of parts)
        yield {
          input: { values: await features.read(part) },
          labels: labelsOf(part),
          unreadable: [],
        }
    },
    async judge(list, { logits, breathe }) {
      const score = crossEntropyOf(classes)
      for (const part of evenBatches(list, Math.max(config.batch, 64))) {
        score.add(logits({ values: await features.read(part) }, part.length), labelsOf(part))
        await breathe()
      }
      return score.result()
    },
  }
}

export function pictureSource({ config, leg, samples }: SourceOptions): Source {
  const { size } = leg.network
  const canvas = isAugmented(config.augment)
    ? Math.ceil(Math.max(leg.resize, (size * 8) / 7) / 4) * 4
    : null
  return {
    canvas,
    readable: (list) => [...list],
    async *batches(parts, epoch) {
      const square = canvas ? { resize: canvas, crop: canvas } : { resize: leg.resize, crop: size }
      for await (const { samples: read, pixels, unreadable } of pictureBatches(parts, square)) {
        const boxes = canvas
          ? {
              boxes: Float32Array.from(
                read.flatMap(({ path }) => randomBox(config.seed, epoch, path)),
              ),
            }
          : {}
        yield { input: { pixels }, labels: labelsOf(read), unreadable, ...boxes }
      }
    },
    async judge(list, { logits, breathe }) {
      const score = crossEntropyOf(samples.classes.length)
      for (const part of evenBatches(list, config.batch)) {
        const { samples: read, pixels } = await decodeBatch(part, {
          resize: leg.resize,
          crop: size,
        })
        if (read.length > 0) score.add(logits({ pixels }, read.length), labelsOf(read))
        await breathe()
      }
      return score.result()
    },
  }
}

/** A square of 60 to 100 % of the area somewhere in the picture, mirrored half of the time. */
function randomBox(seed: number, epoch: number, path: string): [number, number, number, number] {
  const random = seededRandom('crop', seed, epoch, path)
  const side = Math.sqrt(0.6 + 0.4 * random.next())
  const top = (1 - side) * random.next()
  const left = (1 - side) * random.next()
  return random.next() < 0.5
    ? [top, left, top + side, left + side]
    : [top, left + side, top + side, left]
}
