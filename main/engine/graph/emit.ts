// From the list of layers to graph ops: the only place where a layer's kind becomes TensorFlow.
import type { Precision } from '../../../shared/device'
import { parametersOf, type Layer, type LayerOf, type Network } from '../network/layers'
import type { Shape, Value } from './graph'
import * as ops from './ops'
import type { Tape } from './tape'

/** Where parameters come from, and how batch norms behave. */
interface Surroundings {
  readonly precision: Precision
  /** A float32 parameter (variable or constant) in the graph's layout, by PyTorch's name and shape. */
  readonly read: (name: string, shape: Shape) => Value
  /** Receives the batch's statistics of norms that use them; null: norms use running ones. */
  readonly observer?: (norm: LayerOf<'batchNorm'>) => Observer | null
}
type Observer = (batchMean: Value, batchVariance: Value) => void

/** Runs `network` on `input` [batch, height, width, channels]; returns its last layer's output in
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
  { inputs, read, precision, observer }: Surroundings & { readonly inputs: readonly Value[] },
): Value {
  const x = inputs[0]!
  const values = new Map(parametersOf(layer).map(({ name, shape }) => [name, read(name, shape)]))
  const own = (suffix: string) => values.get(`${layer.name}.${suffix}`)
  const [weight, bias] = [own('weight'), own('bias')]
  const short = (value: Value) => ops.cast(tape, value, precision)
  switch (layer.kind) {
    case 'convolution': {
      const { stride } = layer
      const y = ops.convolution(tape, short(x), { filter: short(weight!), stride })
      return bias ? ops.addBias(tape, y, short(bias)) : y
    }
    case 'batchNorm': {
      const observe = observer?.(layer)
      const all = (value: number) => tape.constant('float32', Array(layer.output[2]).fill(value))
      const { output, batchMean, batchVariance } = ops.batchNorm(tape, x, {
        scale: weight ?? all(1),
        offset: bias ?? all(0),
        mean: own('running_mean')!,
        variance: own('running_var')!,
        epsilon: layer.epsilon,
        batch: Boolean(observe),
      })
      observe?.(batchMean, batchVariance)
      return output
    }
    case 'relu':
      return ops.relu(tape, x)
    case 'maxPool':
      return ops.maxPool(tape, x, layer)
    case 'paddingShortcut':
      return ops.paddingShortcut(tape, short(x), {
        stride: layer.stride,
        channels: layer.output[2],
      })
    case 'add':
      // A network that begins at a block gets float32, which its shortcut passes on.
      return ops.add(tape, short(x), short(inputs[1]!))
    case 'globalAveragePool':
      return ops.globalAveragePool(tape, x)
    case 'splitViews':
      return ops.splitViews(tape, x, layer.views)
    case 'joinViews':
      return ops.joinViews(tape, x, layer.views.length)
    case 'dense':
      return ops.addBias(tape, ops.matMul(tape, ops.flatten(tape, x), weight!), bias!)
  }
}
