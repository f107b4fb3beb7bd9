// Where the batches of a run come from: cached features, or pictures that are decoded each time
// (whole, or varied at random from a larger canvas).
import { isAugmented, type RunConfig } from '../../../shared/runConfig'
import { crossEntropyOf, meanAnswer, type Judged } from '../evaluation/metrics'
import type { Canvas } from '../graph/augment'
import type { Input } from '../tensorflow/input'
import type { Batch, Rows } from '../tensorflow/trainer'
import type { Features } from '../features/features'
import type { LegSettings } from '../plan/legs'
import { mirrored } from '../pictures/mirror'
import { drawMix } from './mixing'
import { decodeBatch, evenBatches, pictureBatches, type PictureBatch } from '../pictures/batches'
import type { Samples } from '../plan/samples'
import type { Sample } from '../pictures/sample'
import { classWeights, targetsOf } from './targets'
import { canvasOf, viewOf } from './views'

/** A batch, and which of its photos could not be read. */
type SourceBatch = Batch & { readonly unreadable: PictureBatch['unreadable'] }
export interface Source {
  readonly canvas: Canvas | null
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

/** `reflections` are the features of mirrored validation photos, where judging wants both. */
export function cachedSource(
  { config, samples }: Omit<SourceOptions, 'leg'>,
  features: Features,
  reflections?: Features,
): Source {
  const classes = samples.classes.length
  const asked = asker({ config, samples }, features.grid)
  return {
    canvas: null,
    readable: (list) => features.readable(list),
    async *batches(parts, epoch) {
      for (const part of parts)
        yield {
          input: { values: await features.read(part) },
          ...asked(part, epoch),
          unreadable: [],
        }
    },
    async judge(list, { logits, breathe }) {
      const score = crossEntropyOf(classes)
      const known = reflections ? reflections.readable(list) : list
      for (const part of evenBatches(known, Math.max(config.batch, 64))) {
        const answers = [logits({ values: await features.read(part) }, part.length)]
        if (reflections) answers.push(logits({ values: await reflections.read(part) }, part.length))
        score.add(meanAnswer(answers, classes), labelsOf(part))
        await breathe()
      }
      return score.result()
    },
  }
}

export function pictureSource({ config, leg, samples }: SourceOptions): Source {
  const { resize } = leg
  const { size } = leg.network
  const classes = samples.classes.length
  const canvas = isAugmented(config.augment) ? canvasOf(config.augment, { size, resize }) : null
  const asked = asker({ config, samples }, [size, size])
  const viewsOf = (list: readonly Sample[], epoch: number, { side }: Canvas) => {
    const framing = { size, resize, canvas: side }
    const of = ({ path, turn }: Sample) => viewOf(config, { path, turn, epoch }, framing)
    return Float32Array.from(list.flatMap(of))
  }
  return {
    canvas,
    readable: (list) => [...list],
    async *batches(parts, epoch) {
      const square = canvas ? { resize: canvas.side, crop: canvas.side } : { resize, crop: size }
      for await (const { samples: read, pixels, unreadable } of pictureBatches(parts, square))
        yield {
          input: { pixels },
          ...asked(read, epoch),
          ...(canvas && { views: viewsOf(read, epoch, canvas) }),
          unreadable,
        }
    },
    async judge(list, { logits, breathe }) {
      const score = crossEntropyOf(classes)
      for (const part of evenBatches(list, config.batch)) {
        const { samples: read, pixels } = await decodeBatch(part, { resize, crop: size })
        const seen = config.testTimeFlips ? [pixels, mirrored(pixels, size)] : [pixels]
        if (read.length > 0) {
          const answers = seen.map((view) => logits({ pixels: view }, read.length))
          score.add(meanAnswer(answers, classes), labelsOf(read))
        }
        await breathe()
      }
      return score.result()
    },
  }
}

/** Labels of a batch, and what is asked of it in their place. */
function asker(
  { config, samples }: Pick<SourceOptions, 'config' | 'samples'>,
  grid: readonly [number, number],
) {
  const classes = samples.classes.length
  const weights = config.balance === 'weights' ? classWeights(samples.train, classes) : null
  return (part: readonly Sample[], epoch: number): Rows & { readonly labels: Int32Array } => {
    const labels = labelsOf(part)
    const mix = config.mix === 'none' ? null : drawMix(part, config, { epoch, grid })
    return {
      labels,
      ...targetsOf(labels, config, { classes, weights, mix }),
      ...(mix && { partners: mix.partners, patches: mix.patches }),
    }
  }
}
