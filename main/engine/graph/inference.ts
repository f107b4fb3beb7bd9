// A frozen network as a graph: pictures in, logits or features out. Batch norms are folded into
// their convolutions first, so the forward pass is convolutions, sums and ReLUs alone.
import { foldBatchNorms } from '../network/fold'
import type { Tensors } from '../network/initialise'
import { countValues, networkParameters, type Network } from '../network/layers'
import { switchOffBlocks } from '../network/residual'
import { openSession } from '../tensorflow/session'
import { emitNetwork, type Precision } from './emit'
import { Graph, type Value } from './graph'
import { normalisePixels, packedLength, pixelPlaceholder, unpackPixels } from './pixels'
import { Tape } from './tape'
import { Variables } from './variables'

/** Pictures packed as bytes (size x size x 3 a picture), or values that are already normalised NHWC. */
export type Input = { readonly pixels: Uint8Array } | { readonly values: Float32Array }

export interface Inference {
  /** Values a picture: classes, or height x width x channels of the features. */
  readonly outputLength: number
  run(input: Input, count: number): Float32Array
  /** Leaves of these residual blocks only the shortcut; all others count in full. */
  switchOff(blocks: readonly string[]): void
  dispose(): void
}

export interface InferenceOptions {
  readonly network: Network
  readonly tensors: Tensors
  readonly precision: Precision
  readonly input: 'pixels' | 'values'
}

export async function openInference(options: InferenceOptions): Promise<Inference> {
  const { precision, input } = options
  const { network, tensors } = foldBatchNorms(options.network, options.tensors)
  const tape = new Tape(new Graph())
  const variables = new Variables(tape.graph)
  const source = networkInput(tape.graph, network, { name: input, input })
  const x =
    input === 'pixels'
      ? normalisePixels(tape, unpackPixels(tape, source, network.size), network.colours)
      : source
  const output = emitInference(tape, network, { x, variables, precision })
  const session = await openSession(tape.graph, {
    predict: { inputs: { [input]: source }, outputs: { output } },
    ...variables.signatures(),
  })
  variables.assign(session, tensors)
  return {
    outputLength: countValues(output.shape.slice(1)),
    run: (given, count) =>
      session.run('predict', { [input]: feedOf(given, count, network) }).output as Float32Array,
    switchOff: (blocks) => variables.assign(session, switchOffBlocks(network, tensors, blocks)),
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
  }: { x: Value; variables: Pick<Variables, 'read'>; precision: Precision },
): Value {
  const shapes = new Map(networkParameters(network).map(({ name, shape }) => [name, shape]))
  const parameters = {
    get: (name: string) => variables.read(name, shapes.get(name)!),
    batchStatistics: () => false,
    observe: () => undefined,
    precision,
  }
  return emitNetwork(tape, network, { input: x, parameters })
}

/** The placeholder of a batch: packed pixels of squares of `side`, or values of the input's shape. */
export const networkInput = (
  graph: Graph,
  { inputShape, size }: Network,
  { name, input, side = size }: { name: string; input: 'pixels' | 'values'; side?: number },
): Value =>
  input === 'pixels'
    ? pixelPlaceholder(graph, name, side)
    : graph.placeholder(name, 'float32', [-1, ...inputShape])

export const feedOf = (given: Input, count: number, { inputShape, size }: FeedShape) =>
  'pixels' in given
    ? { data: packPixels(given.pixels, count), shape: [count, packedLength(size)] }
    : { data: given.values, shape: [count, ...inputShape] }
type FeedShape = Pick<Network, 'inputShape' | 'size'>

/** The bytes seen as int32; copied only when they do not line up in fours. */
export function packPixels(pixels: Uint8Array, count: number): Int32Array {
  const each = pixels.length / count
  if (each % 4 !== 0) throw new RangeError('A picture of an odd size cannot be packed')
  if (pixels.byteOffset % 4 === 0)
    return new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4)
  return new Int32Array(pixels.slice().buffer)
}
