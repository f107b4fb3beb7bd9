// A batch norm with fixed statistics right after a convolution (or before the dense head) is one
// affine map with it, so both become a single layer with a bias. Data in, data out.
import { parametersOf, type Layer, type LayerOf, type Network } from './layers'
import type { Tensor, Tensors } from './tensor'

/** `fixed` tells which layers never change; by default all of them (inference). */
export function foldBatchNorms(
  network: Network,
  tensors: Tensors,
  fixed: (layer: Layer) => boolean = () => true,
): { network: Network; tensors: Map<string, Tensor> } {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  const read = network.layers.flatMap(({ inputs }) => inputs)
  const usedOnce = (name: string) => read.indexOf(name) === read.lastIndexOf(name)
  const folded = new Map(tensors)
  /** Maps each removed norm to the layer whose output replaces its output. */
  const replaced = new Map<string, string>()
  for (const layer of network.layers) {
    const input = byName.get(layer.inputs[0]!)
    if (!input || !fixed(layer) || !fixed(input) || !usedOnce(input.name)) continue
    if (layer.kind === 'batchNorm' && input.kind === 'convolution') {
      foldIntoConvolution(folded, input, layer)
      replaced.set(layer.name, input.name)
    } else if (layer.kind === 'dense' && input.kind === 'batchNorm') {
      foldIntoDense(folded, layer, input)
      replaced.set(input.name, input.inputs[0]!)
    }
  }
  for (const name of replaced.keys())
    for (const parameter of parametersOf(byName.get(name)!)) folded.delete(parameter.name)
  const biased = new Set(replaced.values())
  const layers = network.layers
    .filter(({ name }) => !replaced.has(name))
    .map((layer) => ({
      ...layer,
      ...(layer.kind === 'convolution' && { bias: layer.bias || biased.has(layer.name) }),
      inputs: layer.inputs.map((input) => replaced.get(input) ?? input),
    }))
  return { network: { ...network, layers }, tensors: folded }
}

/** scale and shift per channel of y = scale x + shift. */
function affine(tensors: Tensors, { name, epsilon, output }: LayerOf<'batchNorm'>) {
  const read = (suffix: string) => tensors.get(`${name}.${suffix}`)?.data
  const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(read)
  const scale = Array.from(
    { length: output[2] },
    (_, c) => (weight?.[c] ?? 1) / Math.sqrt(variance![c]! + epsilon),
  )
  return { scale, shift: scale.map((value, c) => (bias?.[c] ?? 0) - value * mean![c]!) }
}

function foldIntoConvolution(
  tensors: Map<string, Tensor>,
  { name }: LayerOf<'convolution'>,
  norm: LayerOf<'batchNorm'>,
) {
  const { scale, shift } = affine(tensors, norm)
  const { shape, data } = tensors.get(`${name}.weight`)!
  const bias = tensors.get(`${name}.bias`)?.data
  const perFilter = data.length / scale.length
  const weight = data.map((value, i) => value * scale[Math.floor(i / perFilter)]!)
  const moved = Float32Array.from(shift, (value, c) => value + (bias?.[c] ?? 0) * scale[c]!)
  tensors.set(`${name}.weight`, { shape, data: weight })
  tensors.set(`${name}.bias`, { shape: [scale.length], data: moved })
}

function foldIntoDense(
  tensors: Map<string, Tensor>,
  { name }: LayerOf<'dense'>,
  norm: LayerOf<'batchNorm'>,
) {
  const { scale, shift } = affine(tensors, norm)
  const { shape, data } = tensors.get(`${name}.weight`)!
  const bias = tensors.get(`${name}.bias`)!
  const inputs = scale.length
  const moved = bias.data.map((value, row) =>
    shift.reduce((sum, part, c) => sum + data[row * inputs + c]! * part, value),
  )
  const weight = data.map((value, i) => value * scale[i % inputs]!)
  tensors.set(`${name}.weight`, { shape, data: weight })
  tensors.set(`${name}.bias`, { shape: bias.shape, data: moved })
}
