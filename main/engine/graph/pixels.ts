// Pictures enter as uint8 packed four to an int32 (tfjs has no uint8 tensors; a quarter of the
// copying). Normalising happens in the graph; varying them at random in augment.ts.
import type { Colours } from '../network/layers'
import type { Graph, Value } from './graph'
import { convert, multiply, reshape, subtract } from './ops'
import type { Tape } from './tape'

/** Values per packed row: `side` x `side` x 3 bytes, four in each. */
export const packedLength = (side: number) => Math.ceil((side * side * 3) / 4)

export const pixelPlaceholder = (graph: Graph, name: string, side: number) =>
  graph.placeholder(name, 'int32', [-1, packedLength(side)])

/** Unpacks to float32 [batch, side, side, 3] in 0-255. */
export function unpackPixels(tape: Tape, packed: Value, side: number): Value {
  const bytes = tape.op('Bitcast', [packed], {
    dtype: 'uint8',
    shape: [-1, packedLength(side), 4],
    attributes: { type: { type: 'uint8' } },
  })
  return convert(tape, reshape(tape, bytes, [-1, side, side, 3]), 'float32')
}

/** 0-255 to what the network's colours say: one subtraction and one multiplication. */
export function normalisePixels(tape: Tape, pixels: Value, { mean, deviation }: Colours): Value {
  const row = (values: readonly number[]) => tape.graph.constant('float32', values)
  const means = row(mean.map((value) => value * 255))
  const scales = row(deviation.map((value) => 1 / (value * 255)))
  return multiply(tape, subtract(tape, pixels, means), scales)
}
