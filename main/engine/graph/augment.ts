// Augmentation (random transforms and mixing of pictures) within the graph. Random numbers are drawn
// outside and fed, a few per picture, so that augmentation depends on nothing else. Needs no
// gradients, because no trainable layer comes before it.
import type { Network } from '../network/layers'
import type { Graph, Value } from './graph'
import { columns, convert, multiply, reshape, subtract, sum } from './ops'
import { normalisePixels, unpackPixels } from './pixels'

/** Values per picture: 8 of a projective transform from output position to canvas position
 *  (rows of [a b c; d e f; g h 1], in pixels), 12 of a linear map of its colours (3 x 3, to
 *  the right of red, green, blue; then 3 to add, 0-255), 4 of a box that is blanked. */
export const viewLength = 24
/** Values per picture: the box that its partner fills, and the partner's weight within it. */
export const patchLength = 5

/** The squares that pictures are augmented from. */
export interface Canvas {
  /** Side of the incoming squares, in pixels. */
  readonly side: number
  /** Which parts of a view are used; the geometric transform always is. */
  readonly colour: boolean
  readonly erase: boolean
}

interface Variation extends Pick<Network, 'size' | 'colours'> {
  readonly views: Value
  readonly canvas: Canvas
}
/** Packed squares to normalised pictures [batch, size, size, 3] by `views` [batch, viewLength]. */
export function varyPixels(
  graph: Graph,
  packed: Value,
  { views, canvas, size, colours }: Variation,
): Value {
  const part = (from: number, count: number) => columns(graph, views, [from, count])
  const whole = unpackPixels(graph, packed, canvas.side)
  const moved = transform(graph, whole, { transforms: part(0, 8), size })
  const coloured = canvas.colour ? mapColours(graph, moved, part(8, 12)) : moved
  const x = normalisePixels(graph, coloured, colours)
  if (!canvas.erase) return x
  const blanked = boxMask(graph, part(20, 4), [size, size])
  return multiply(graph, x, subtract(graph, graph.scalar(1), blanked))
}

/** Bilinear; beyond its edge a picture is mirrored. */
function transform(
  graph: Graph,
  pixels: Value,
  { transforms, size }: { transforms: Value; size: number },
): Value {
  const inputs = [pixels, transforms, graph.constant('int32', [size, size]), graph.scalar(0)]
  const node = graph.node('ImageProjectiveTransformV3', inputs, {
    dtype: { type: 'float32' },
    interpolation: { s: 'BILINEAR' },
    fill_mode: { s: 'REFLECT' },
  })
  return { ref: `${node}:0`, dtype: 'float32', shape: [-1, size, size, 3] }
}

function mapColours(graph: Graph, pixels: Value, colours: Value): Value {
  const [matrices, offsets] = [columns(graph, colours, [0, 9]), columns(graph, colours, [9, 3])]
  const rows = reshape(graph, pixels, [-1, pixels.shape[1]! * pixels.shape[2]!, 3])
  const mapped = graph.op('BatchMatMulV2', [rows, reshape(graph, matrices, [-1, 3, 3])], {
    ...rows,
    attributes: { adj_x: { b: false }, adj_y: { b: false } },
  })
  const moved = sum(graph, mapped, reshape(graph, offsets, [-1, 1, 3]))
  const [least, most] = [graph.scalar(0), graph.scalar(255)]
  return reshape(graph, graph.op('ClipByValue', [moved, least, most], moved), pixels.shape)
}

/** x [batch, height, width, channels] with its partners' values in a box, by their weight there: one
 *  box of the whole picture is mixup (Zhang et al. 2018), one of share 1 is CutMix (Yun et al. 2019). */
export function mixPictures(
  graph: Graph,
  x: Value,
  { partners, patches }: { partners: Value; patches: Value },
): Value {
  const [, height, width] = x.shape
  const mask = boxMask(graph, columns(graph, patches, [0, 4]), [height!, width!])
  const within = reshape(graph, columns(graph, patches, [4, 1]), [-1, 1, 1, 1])
  const share = multiply(graph, mask, within)
  const types = { Tparams: { type: x.dtype }, Tindices: { type: 'int32' } } as const
  const inputs = [x, partners, graph.scalar(0, 'int32')]
  const gather = graph.node('GatherV2', inputs, { ...types, Taxis: types.Tindices })
  const other: Value = { ...x, ref: `${gather}:0` }
  return sum(graph, x, multiply(graph, subtract(graph, other, x), share))
}

/** [batch, height, width, 1]: 1 where a value's middle lies in the box [top, left, bottom, right]
 *  (0-1), else 0. */
function boxMask(graph: Graph, boxes: Value, [height, width]: readonly [number, number]): Value {
  const within = (first: number, length: number, shape: readonly number[]) => {
    const middles = Array.from({ length }, (_, i) => (i + 0.5) / length)
    const line = graph.constant('float32', middles, [1, length])
    const truth = { dtype: 'bool', shape: [-1, length] } as const
    const above = graph.op('GreaterEqual', [line, columns(graph, boxes, [first, 1])], truth)
    const below = graph.op('Less', [line, columns(graph, boxes, [first + 2, 1])], truth)
    const both = { ...truth, ref: `${graph.node('LogicalAnd', [above, below])}:0` }
    return reshape(graph, convert(graph, both, 'float32'), shape)
  }
  const down = within(0, height, [-1, height, 1, 1])
  const across = within(1, width, [-1, 1, width, 1])
  return graph.op('Mul', [down, across], { dtype: 'float32', shape: [-1, height, width, 1] })
}
