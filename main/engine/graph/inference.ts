// A frozen network as a graph: pictures in, logits or features out. Batch norms are folded into
// their convolutions first, so the forward pass is convolutions, sums and ReLUs alone.
import { foldBatchNorms } from '../network/fold'
import type { Tensors } from '../network/initialise'
import { networkParameters, type Network } from '../network/layers'
import { emitNetwork, type Parameters } from './emit'
import { Graph, type Value } from './graph'
import { cast, flatten } from './ops'
import { normalisePixels, packedLength, pixelPlaceholder, unpackPixels } from './pixels'
import { openSession } from './session'
import { Tape } from './tape'
import { Variables } from './variables'

export type Precision = 'float32' | 'bfloat16'
/** Pictures packed as bytes (size x size x 3 a picture), or values that are already normalised NHWC. */
export type Input = { readonly pixels: Uint8Array } | { readonly values: Float32Array }

export interface Inference {
  /** Values a picture: classes, or height x width x channels of the features. */
  readonly outputLength: number
  run(input: Input, count: number): Float32Array
  dispose(): void
}

export interface InferenceOptions {
  readonly network: Network
  readonly tensors: Tensors
  readonly precision: Precision
  readonly input: 'pixels' | 'values'
}

export async function openInference({
  network,
  tensors,
  precision,
  input,
}: InferenceOptions): Promise<Inference> {
  const folded = foldBatchNorms(network, tensors)
  const tape = new Tape(new Graph())
  const variables = new Variables(tape.graph)
  const source =
    input === 'pixels'
      ? pixelPlaceholder(tape.graph, 'pixels', network.size)
      : tape.graph.placeholder('values', 'float32', [-1, ...network.inputShape])
  const x =
    input === 'pixels'
      ? normalisePixels(tape, unpackPixels(tape, source, network.size), network.colours)
      : source
  const output = emitInference(tape, folded.network, { x, variables, precision })
  const session = await openSession(tape.graph, {
    predict: { inputs: { [input]: source }, outputs: { output } },
    ...variables.signatures(),
  })
  variables.assign(session, folded.tensors)
  return {
    outputLength: output.shape.slice(1).reduce((product, side) => product * side, 1),
    run(given, count) {
      const feed =
        'pixels' in given
          ? { data: packPixels(given.pixels, count), shape: [count, packedLength(network.size)] }
          : { data: given.values, shape: [count, ...network.inputShape] }
      return session.run('predict', { [input]: feed }).output as Float32Array
    },
    dispose: () => session.dispose(),
  }
}

/** The ops of a network whose batch norms all use their kept statistics; float32 out. */
export function emitInference(
  tape: Tape,
  network: Network,
  {
    x,
    variables,
    precision,
  }: {
    x: Value
    variables: { read(name: string, shape: readonly number[]): Value }
    precision: Precision
  },
): Value {
  const shapes = new Map(networkParameters(network).map(({ name, shape }) => [name, shape]))
  const parameters: Parameters = {
    get: (name) => variables.read(name, shapes.get(name)!),
    batchStatistics: () => false,
    observe: () => undefined,
    precision,
  }
  const y = cast(tape, emitNetwork(tape, network, { input: x, parameters }), 'float32')
  return y.shape.length === 4 && y.shape[1] === 1 && y.shape[2] === 1 ? flatten(tape, y) : y
}

/** The bytes seen as int32; copied only when they do not line up in fours. */
export function packPixels(pixels: Uint8Array, count: number): Int32Array {
  const each = pixels.length / count
  if (each % 4 !== 0) throw new RangeError('A picture of an odd size cannot be packed')
  if (pixels.byteOffset % 4 === 0)
    return new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4)
  return new Int32Array(pixels.slice().buffer)
}
