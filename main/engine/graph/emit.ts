// From the list of layers to graph ops: the only place where a layer's kind becomes TensorFlow.
import type { Layer, LayerOf, Network } from '../network/layers'
import type { Value } from './graph'
import * as ops from './ops'
import type { Tape } from './tape'

/** Where parameters come from (variables or constants) and how batch norms behave. */
export interface Parameters {
  /** A float32 parameter in the graph's layout, by PyTorch's name. */
  readonly get: (name: string) => Value
  /** Whether this norm uses the batch's own statistics. */
  readonly batchStatistics: (norm: LayerOf<'batchNorm'>) => boolean
  /** Told the statistics of a batch, to keep a running estimate. */
  readonly observe: (norm: LayerOf<'batchNorm'>, batchMean: Value, batchVariance: Value) => void
  readonly precision: 'float32' | 'bfloat16'
}

/** Runs `network` on `input` [batch, height, width, channels] and answers its last layer's output. */
export function emitNetwork(
  tape: Tape,
  network: Network,
  { input, parameters }: { input: Value; parameters: Parameters },
): Value {
  const outputs = new Map([[network.input, input]])
  let last = input
  for (const layer of network.layers) {
    last = emitLayer(tape, layer, {
      inputs: layer.inputs.map((name) => outputs.get(name)!),
      parameters,
    })
    outputs.set(layer.name, last)
  }
  return last
}

function emitLayer(
  tape: Tape,
  layer: Layer,
  { inputs, parameters }: { inputs: readonly Value[]; parameters: Parameters },
): Value {
  const x = inputs[0]!
  const { get, precision } = parameters
  switch (layer.kind) {
    case 'convolution': {
      const filter = ops.cast(tape, get(`${layer.name}.weight`), precision)
      const y = ops.convolution(tape, ops.cast(tape, x, precision), {
        filter,
        stride: layer.stride,
      })
      return layer.bias
        ? ops.addBias(tape, y, ops.cast(tape, get(`${layer.name}.bias`), precision))
        : y
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
    case 'dense':
      return ops.addBias(
        tape,
        ops.matMul(tape, ops.flatten(tape, x), get(`${layer.name}.weight`)),
        get(`${layer.name}.bias`),
      )
  }
}

function emitBatchNorm(
  tape: Tape,
  layer: LayerOf<'batchNorm'>,
  { x, parameters }: { x: Value; parameters: Parameters },
): Value {
  const { get, batchStatistics, observe } = parameters
  const channels = layer.output[2]
  const fixed = (value: number) =>
    tape.graph.array(`${layer.name}.fixed`, new Float32Array(channels).fill(value), [channels])
  const batch = batchStatistics(layer)
  const { output, batchMean, batchVariance } = ops.batchNorm(tape, x, {
    scale: layer.affine ? get(`${layer.name}.weight`) : fixed(1),
    offset: layer.affine ? get(`${layer.name}.bias`) : fixed(0),
    mean: get(`${layer.name}.running_mean`),
    variance: get(`${layer.name}.running_var`),
    epsilon: layer.epsilon,
    batch,
  })
  if (batch) observe(layer, batchMean, batchVariance)
  return output
}
