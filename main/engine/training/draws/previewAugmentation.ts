// A preview of augmentation: the graph ops of training, applied to one photo with the random numbers
// that training would draw for it in its first epochs.
import sharp from 'sharp'
import type { RunConfig } from '../../../../shared/runConfig'
import { decodePart } from '../../pictures/batches'
import { drawKey, type Sample } from '../../pictures/sample'
import { varyPixels, viewLength, type Canvas } from '../../graph/augment'
import { Graph } from '../../graph/graph'
import { pixelPlaceholder } from '../../graph/pixels'
import type { Colours } from '../../network/layers'
import { packPixels } from '../../tensorflow/input'
import { openSession } from '../../tensorflow/session'
import { canvasOf, canvasPart, viewOf, type Framing } from './views'

export const previewType = 'image/webp'
const count = 16

export interface PreviewOptions extends Framing {
  readonly augment: RunConfig['augment']
  readonly seed: number
  readonly colours: Colours
}

/** Sixteen pictures of size x size pixels, encoded as `previewType`.
 *  @throws {Failure} file-missing, file-unreadable */
export async function previewAugmentation(
  { path, hash = null }: Pick<Sample, 'path' | 'hash'>,
  options: PreviewOptions,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { size } = options
  const canvas = canvasOf(options.augment, options)
  const { pixels: photo, aspect } = await decodePart(path, canvasPart(options.augment, canvas))
  const pixels = new Uint8Array(count * photo.length)
  const views = new Float32Array(count * viewLength)
  for (let n = 0; n < count; n++) {
    pixels.set(photo, n * photo.length)
    const view = viewOf(
      options,
      { photo: drawKey({ path, hash }), epoch: n + 1 },
      { ...options, canvas: canvas.side, aspect },
    )
    views.set(view, n * viewLength)
  }
  const shown = await varied(pixels, views, { ...options, canvas })
  const length = size * size * 3
  const raw = { width: size, height: size, channels: 3 } as const
  const pictures = Array.from({ length: count }, (_, n) =>
    sharp(shown.subarray(n * length, (n + 1) * length), { raw })
      .webp({ quality: 85, effort: 0 })
      .toBuffer(),
  )
  return (await Promise.all(pictures)).map((bytes) => new Uint8Array(bytes))
}

/** Varies pictures [count, side, side, 3] into [count, size, size, 3], both bytes of 0-255. `views` is
 *  [count, viewLength]. */
export async function varied(
  pixels: Uint8Array,
  views: Float32Array,
  { canvas, size, colours }: { canvas: Canvas; size: number; colours: Colours },
): Promise<Uint8Array> {
  const graph = new Graph()
  const rows = views.length / viewLength
  const inputs = {
    pixels: pixelPlaceholder(graph, 'pixels', canvas.side),
    views: graph.placeholder('views', 'float32', [-1, viewLength]),
  }
  const seen = varyPixels(graph, inputs.pixels, { views: inputs.views, canvas, size, colours })
  const session = await openSession(graph, { vary: { inputs, outputs: { seen } } })
  try {
    const values = session.run('vary', { pixels: packPixels(pixels, rows), views }).seen!
    const { mean, deviation } = colours
    // Undoes the network's normalisation of colours.
    return Uint8Array.from(values, (value, i) =>
      Math.min(255, Math.max(0, Math.round(255 * (value * deviation[i % 3]! + mean[i % 3]!)))),
    )
  } finally {
    session.dispose()
  }
}
