// Pictures enter as uint8 packed four to an int32 (tfjs has no uint8 tensors; a quarter of the
// copying). Cropping, flipping and normalising happen in the graph.
import type { Colours } from '../network/layers'
import type { Graph, Value } from './graph'
import { multiply, subtract } from './ops'
import type { Tape } from './tape'

/** Values per packed row: `side` x `side` x 3 bytes, four in each. */
export const packedLength = (side: number) => Math.ceil((side * side * 3) / 4)

export const pixelPlaceholder = (graph: Graph, name: string, side: number) =>
  graph.placeholder(name, 'int32', [-1, packedLength(side)])

/** Unpacks to float32 [batch, side, side, 3] in 0-255. */
export function unpackPixels(tape: Tape, packed: Value, side: number): Value {
  const bytes = tape.op('Bitcast', [packed], {
    attributes: { T: { type: 'int32' }, type: { type: 'uint8' } },
    dtype: 'uint8',
    shape: [-1, packedLength(side), 4],
  })
  const rows = tape.op('Reshape', [bytes, tape.graph.constant('int32', [-1, side, side, 3])], {
    attributes: { T: { type: 'uint8' }, Tshape: { type: 'int32' } },
    dtype: 'uint8',
    shape: [-1, side, side, 3],
  })
  return tape.op('Cast', [rows], {
    attributes: { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } },
    dtype: 'float32',
    shape: rows.shape,
  })
}

/** Cuts a box [top, left, bottom, right] (corners in 0-1; reversed flips) out of each picture. */
export function cropPixels(
  tape: Tape,
  pixels: Value,
  { boxes, size }: { boxes: Value; size: number },
): Value {
  const count = tape.op('Shape', [boxes], {
    attributes: { T: { type: 'float32' }, out_type: { type: 'int32' } },
    dtype: 'int32',
    shape: [2],
  })
  const one = tape.graph.constant('int32', [0])
  const batch = tape.op(
    'StridedSlice',
    [count, one, tape.graph.constant('int32', [1]), tape.graph.constant('int32', [1])],
    {
      attributes: { T: { type: 'int32' }, Index: { type: 'int32' }, shrink_axis_mask: { i: 1 } },
      dtype: 'int32',
      shape: [],
    },
  )
  const each = tape.op(
    'Range',
    [tape.graph.scalar(0, 'int32'), batch, tape.graph.scalar(1, 'int32')],
    { attributes: { Tidx: { type: 'int32' } }, dtype: 'int32', shape: [-1] },
  )
  return tape.op(
    'CropAndResize',
    [pixels, boxes, each, tape.graph.constant('int32', [size, size])],
    {
      attributes: { T: { type: 'float32' }, method: { s: 'bilinear' } },
      dtype: 'float32',
      shape: [-1, size, size, 3],
    },
  )
}

/** 0-255 to what the network's colours say: one subtraction and one multiplication. */
export function normalisePixels(tape: Tape, pixels: Value, { mean, deviation }: Colours): Value {
  const means = tape.graph.constant(
    'float32',
    mean.map((value) => value * 255),
  )
  const scales = tape.graph.constant(
    'float32',
    deviation.map((value) => 1 / (value * 255)),
  )
  return multiply(tape, subtract(tape, pixels, means), scales)
}
