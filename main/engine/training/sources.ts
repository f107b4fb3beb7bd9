// Where the batches of a run come from: cached features, or pictures that are decoded each time
// (whole, or varied at random from a larger canvas).
import { isAugmented, type RunConfig } from '../../../shared/runConfig'
import { meanAnswer } from '../../../shared/statistics/metrics'
import type { Features } from '../features/features'
import type { Canvas } from '../graph/augment'
import {
  decodeBatch,
  evenBatches,
  KeptPictures,
  pictureBatches,
  type PictureBatch,
} from '../pictures/batches'
import { mirrored } from '../pictures/mirror'
import { drawKey, type Sample } from '../pictures/sample'
import type { LegSettings } from '../plan/legs'
import type { Samples } from '../plan/samples'
import type { Input } from '../tensorflow/input'
import type { Batch, Rows } from '../tensorflow/trainer'
import { drawMix } from './draws/mixing'
import { classWeights, targetsOf } from './draws/targets'
import { canvasOf, canvasPart, viewOf } from './draws/views'

export type SourceBatch = Batch & { readonly unreadable: PictureBatch['unreadable'] }
export interface Source {
  /** What pictures are varied from; null: they are not varied. */
  readonly canvas: Canvas | null
  /** Leaves out samples known to be unreadable. */
  readable(samples: readonly Sample[]): Sample[]
  /** Reads `batches` of an epoch. All random draws depend on seed, epoch and photos alone, so a run
   *  resumed within an epoch gets the very same batches for the rest of it. */
  batches(batches: readonly (readonly Sample[])[], epoch: number): AsyncGenerator<SourceBatch>
  /** The logits of each of `samples`, with the running statistics of the batch norms; null where a photo
   *  cannot be read. */
  answers(samples: readonly Sample[], model: AskedModel): Promise<Answers>
}
export type Answers = readonly (Float32Array | null)[]
export interface AskedModel {
  /** Logits [count, classes]. */
  readonly logits: (input: Input, count: number) => Float32Array
  /** Called between batches. */
  readonly breathe: () => Promise<void>
}
export interface SourceInput {
  readonly config: RunConfig
  readonly samples: Samples
}
const fewestAskedAtOnce = 64
/** Of training photos that stay decoded between epochs: 6000 of 160 x 160 pixels. */
const maxKeptBytes = 5e8
const labelsOf = (samples: readonly Sample[]) => Int32Array.from(samples, ({ label }) => label)

/** `reflections`: features of the mirrored validation photos, for test-time flips. */
export function cachedSource(
  { config, samples }: SourceInput,
  features: Features,
  reflections: Features | null,
): Source {
  const targetRows = targetRowsFor({ config, samples }, features.grid)
  return {
    canvas: null,
    readable: (list) => features.readable(list),
    async *batches(batches, epoch) {
      for (const batch of batches)
        yield {
          input: { values: await features.read(batch) },
          ...targetRows(batch, epoch),
          unreadable: [],
        }
    },
    async answers(list, { logits, breathe }) {
      const found = new Map<Sample, Float32Array>()
      const whole = features.readable(list)
      const known = reflections ? reflections.readable(whole) : whole
      for (const part of evenBatches(known, Math.max(config.batch, fewestAskedAtOnce))) {
        const views = [logits({ values: await features.read(part) }, part.length)]
        if (reflections) views.push(logits({ values: await reflections.read(part) }, part.length))
        addRows(found, part, meanAnswer(views))
        await breathe()
      }
      return list.map((sample) => found.get(sample) ?? null)
    },
  }
}

export function pictureSource(
  { config, samples }: SourceInput,
  { network, resize }: Pick<LegSettings, 'network' | 'resize'>,
): Source {
  const { size } = network
  const canvas = isAugmented(config.augment) ? canvasOf(config.augment, { size, resize }) : null
  const kept = new KeptPictures(maxKeptBytes)
  const targetRows = targetRowsFor({ config, samples }, [size, size])
  const viewsOf = (
    { samples: list, aspects }: PictureBatch,
    epoch: number,
    { side: canvas }: Canvas,
  ) => {
    const of = ({ turn, ...photo }: Sample, i: number) =>
      viewOf(
        config,
        { photo: drawKey(photo), turn, epoch },
        { size, resize, canvas, aspect: aspects[i]! },
      )
    return Float32Array.from(list.flatMap(of))
  }
  return {
    canvas,
    readable: (list) => [...list],
    async *batches(batches, epoch) {
      const part = canvas ? canvasPart(config.augment, canvas) : { resize, crop: size }
      for await (const read of pictureBatches(batches, part, kept))
        yield {
          input: { pixels: read.pixels },
          ...targetRows(read.samples, epoch),
          ...(canvas && { views: viewsOf(read, epoch, canvas) }),
          unreadable: read.unreadable,
        }
    },
    async answers(list, { logits, breathe }) {
      const found = new Map<Sample, Float32Array>()
      for (const part of evenBatches(list, config.batch)) {
        const { samples: read, pixels } = await decodeBatch(part, { resize, crop: size })
        const views = config.testTimeFlips ? [pixels, mirrored(pixels, size)] : [pixels]
        if (read.length > 0) {
          const answers = views.map((view) => logits({ pixels: view }, read.length))
          addRows(found, read, meanAnswer(answers))
        }
        await breathe()
      }
      return list.map((sample) => found.get(sample) ?? null)
    },
  }
}

function addRows(to: Map<Sample, Float32Array>, samples: readonly Sample[], logits: Float32Array) {
  const classes = logits.length / samples.length
  samples.forEach((sample, n) => to.set(sample, logits.slice(n * classes, (n + 1) * classes)))
}

/** For a batch: its labels, and the smoothed, weighted and mixed targets of the loss. `grid` is height
 *  and width of what is mixed. */
function targetRowsFor({ config, samples }: SourceInput, grid: readonly [number, number]) {
  const classes = samples.classes.length
  const weights = config.balance === 'weights' ? classWeights(samples.train, classes) : null
  return (batch: readonly Sample[], epoch: number): Rows & { readonly labels: Int32Array } => {
    const labels = labelsOf(batch)
    const mix = config.mix === 'none' ? null : drawMix(batch, config, { epoch, grid })
    return {
      labels,
      ...targetsOf(labels, config, { classes, weights, mix }),
      ...(mix && { partners: mix.partners, patches: mix.patches }),
    }
  }
}
