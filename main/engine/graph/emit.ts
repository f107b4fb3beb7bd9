// From the list of layers to graph ops: the only place where a layer's kind becomes TensorFlow.
import type { Layer, LayerOf, Network } from '../network/layers'
import type { Value } from './graph'
import * as ops from './ops'
import type { Tape } from './tape'

export type Precision = 'float32' | 'bfloat16'

/** Where parameters come from (variables or constants) and how batch norms behave. */
export interface Parameters {
  /** A float32 parameter in the graph's layout, by PyTorch's name. */
  readonly get: (name: string) => Value
  /** Whether this norm uses the batch's own statistics. */
  readonly batchStatistics: (norm: LayerOf<'batchNorm'>) => boolean
  /** Told the statistics of a batch, to keep a running estimate. */
  readonly observe: (norm: LayerOf<'batchNorm'>, batchMean: Value, batchVariance: Value) => void
  readonly precision: Precision
}

/** Runs `network` on `input` [batch, height, width, channels]; answers its last layer's output in
 *  float32, as rows [batch, channels] where it has no height and width left. */
export function emitNetwork(
  tape: Tape,
  network: Network,
  { input, parameters }: { input: Value; parameters: Parameters },
): Value {
  const outputs = new Map([[network.input, input]])
  let last = input
  for (const layer of network.layers) {
    const inputs = layer.inputs.map((name) => outputs.get(name)!)
    last = emitLayer(tape, layer, { inputs, parameters })
    outputs.set(layer.name, last)
  }
  const y = ops.cast(tape, last, 'float32')
  return y.shape.length === 4 && y.shape[1] === 1 && y.shape[2] === 1 ? ops.flatten(tape, y) : y
}

function emitLayer(
  tape: Tape,
  layer: Layer,
  { inputs, parameters }: { inputs: readonly Value[]; parameters: Parameters },
): Value {
  const x = inputs[0]!
  const { get, precision } = parameters
  const own = (suffix: string) => ops.cast(tape, get(`${layer.name}.${suffix}`), precision)
  switch (layer.kind) {
    case 'convolution': {
      const filter = own('weight')
      const y = ops.convolution(tape, ops.cast(tape, x, precision), { filter, ...layer })
      return layer.bias ? ops.addBias(tape, y, own('bias')) : y
    }
    case 'batchNorm':
      return emitBatchNorm(tape, layer, { x, parameters })
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
    case 'dense': {
      const y = ops.matMul(tape, ops.flatten(tape, x), get(`${layer.name}.weight`))
      return ops.addBias(tape, y, get(`${layer.name}.bias`))
    }
  }
}

function emitBatchNorm(
  tape: Tape,
  layer: LayerOf<'batchNorm'>,
  { x, parameters }: { x: Value; parameters: Parameters },
): Value {
  const channels = layer.output[2]
  const own = (suffix: string) => parameters.get(`${layer.name}.${suffix}`)
  const fixed = (value: number) =>
    tape.graph.array(`${layer.name}.fixed`, new Float32Array(channels).fill(value), [channels])
  const batch = parameters.batchStatistics(layer)
  const { output, batchMean, batchVariance } = ops.batchNorm(tape, x, {
    scale: layer.affine ? own('weight') : fixed(1),
    offset: layer.affine ? own('bias') : fixed(0),
    mean: own('running_mean'),
    variance: own('running_var'),
    epsilon: layer.epsilon,
    batch,
  })
  if (batch) parameters.observe(layer, batchMean, batchVariance)
  return output
}
