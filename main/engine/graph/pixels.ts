// Pictures enter as uint8 packed four to an int32 (tfjs has no uint8 tensors; a quarter of the
// copying). They are normalised here in the graph and augmented in augment.ts.
import type { Colours, Network } from '../network/layers'
import type { Graph, Value } from './graph'
import { convert, multiply, reshape, subtract } from './ops'

/** Values per packed row: `side` x `side` x 3 bytes, four in each. */
const packedLength = (side: number) => Math.ceil((side * side * 3) / 4)

/** A batch of squares of `side`, packed. */
export const pixelPlaceholder = (graph: Graph, name: string, side: number) =>
  graph.placeholder(name, 'int32', [-1, packedLength(side)])

/** Unpacks to float32 [batch, side, side, 3] in 0-255. */
export function unpackPixels(graph: Graph, packed: Value, side: number): Value {
  const bytes = graph.op('Bitcast', [packed], {
    dtype: 'uint8',
    shape: [-1, packedLength(side), 4],
    attributes: { type: { type: 'uint8' } },
  })
  return convert(graph, reshape(graph, bytes, [-1, side, side, 3]), 'float32')
}

/** Normalises 0-255 with the network's mean and deviation: one subtraction, one multiplication. */
export function normalisePixels(graph: Graph, pixels: Value, { mean, deviation }: Colours): Value {
  const means = mean.map((value) => value * 255)
  const scales = deviation.map((value) => 1 / (value * 255))
  const centred = subtract(graph, pixels, graph.constant('float32', means))
  return multiply(graph, centred, graph.constant('float32', scales))
}

/** Pictures packed as bytes, or values [height, width, channels] that are already normalised. */
export type InputKind = 'pixels' | 'values'

/** The placeholder of a batch: packed squares of `side`, or values of the input's shape. */
export const networkInput = (
  graph: Graph,
  { inputShape, size }: Network,
  { name, input, side = size }: { name: string; input: InputKind; side?: number | undefined },
): Value =>
  input === 'pixels'
    ? pixelPlaceholder(graph, name, side)
    : graph.placeholder(name, 'float32', [-1, ...inputShape])

/** Turns that placeholder (pictures at the network's size) into the first layer's input. */
export const emitInput = (graph: Graph, given: Value, { size, colours }: Network): Value =>
  given.dtype === 'int32'
    ? normalisePixels(graph, unpackPixels(graph, given, size), colours)
    : given
