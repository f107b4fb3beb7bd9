// From the list of layers to graph ops: the only place where a layer's kind becomes TensorFlow.
import { parametersOf, type Layer, type LayerOf, type Network } from '../network/layers'
import type { Shape, Value } from './graph'
import * as ops from './ops'
import type { Tape } from './tape'

export type Precision = 'float32' | 'bfloat16'

/** Where parameters come from, and how batch norms behave. */
interface Surroundings {
  readonly precision: Precision
  /** A float32 parameter (variable or constant) in the graph's layout, by PyTorch's name and shape. */
  readonly read: (name: string, shape: Shape) => Value
  /** Told the batch's statistics where a norm uses these; null: it uses the kept ones. */
  readonly observer?: (norm: LayerOf<'batchNorm'>) => Observer | null
}
export type Observer = (batchMean: Value, batchVariance: Value) => void

/** Runs `network` on `input` [batch, height, width, channels]; answers its last layer's output in
 *  float32, as rows [batch, channels] where it has no height and width left. */
export function emitNetwork(
  tape: Tape,
  network: Network,
  { input, ...surroundings }: Surroundings & { readonly input: Value },
): Value {
  const outputs = new Map([[network.input, input]])
  let last = input
  for (const layer of network.layers) {
    const inputs = layer.inputs.map((name) => outputs.get(name)!)
    last = emitLayer(tape, layer, { inputs, ...surroundings })
    outputs.set(layer.name, last)
  }
  const y = ops.cast(tape, last, 'float32')
  return y.shape.length === 4 && y.shape[1] === 1 && y.shape[2] === 1 ? ops.flatten(tape, y) : y
}

function emitLayer(
  tape: Tape,
  layer: Layer,
  { inputs, ...surroundings }: Surroundings & { readonly inputs: readonly Value[] },
): Value {
  const x = inputs[0]!
  const { read, precision } = surroundings
  const own = new Map(parametersOf(layer).map(({ name, shape }) => [name, read(name, shape)]))
  const weight = own.get(`${layer.name}.weight`)
  const bias = own.get(`${layer.name}.bias`)
  switch (layer.kind) {
    case 'convolution': {
      const [input, filter] = [x, weight!].map((value) => ops.cast(tape, value, precision))
      const y = ops.convolution(tape, input!, { filter: filter!, stride: layer.stride })
      return bias ? ops.addBias(tape, y, ops.cast(tape, bias, precision)) : y
    }
    case 'batchNorm':
      return emitBatchNorm(tape, layer, { x, own, ...surroundings })
    case 'relu':
      return ops.relu(tape, x)
    case 'maxPool':
      return ops.maxPool(tape, x, layer)
    case 'paddingShortcut':
      return ops.paddingShortcut(tape, x, { stride: layer.stride, channels: layer.output[2] })
    case 'add':
      return ops.add(tape, x, inputs[1]!)
    case 'globalAveragePool':
      return ops.globalAveragePool(tape, x)
    case 'dense':
      return ops.addBias(tape, ops.matMul(tape, ops.flatten(tape, x), weight!), bias!)
  }
}

function emitBatchNorm(
  tape: Tape,
  layer: LayerOf<'batchNorm'>,
  { x, own, observer }: Surroundings & { x: Value; own: ReadonlyMap<string, Value> },
): Value {
  const channels = layer.output[2]
  const value = (suffix: string) => own.get(`${layer.name}.${suffix}`)
  const fixed = (value: number) =>
    tape.array(`${layer.name}.fixed`, new Float32Array(channels).fill(value), [channels])
  const observe = observer?.(layer)
  const { output, batchMean, batchVariance } = ops.batchNorm(tape, x, {
    scale: value('weight') ?? fixed(1),
    offset: value('bias') ?? fixed(0),
    mean: value('running_mean')!,
    variance: value('running_var')!,
    epsilon: layer.epsilon,
    batch: Boolean(observe),
  })
  observe?.(batchMean, batchVariance)
  return output
}
