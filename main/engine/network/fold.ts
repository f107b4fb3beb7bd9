// A batch norm with fixed statistics right after a convolution (or before the dense head) is one
// affine map with it, so both become a single layer with a bias. Data in, data out.
import type { Tensor, Tensors } from './initialise'
import { parametersOf, type Layer, type LayerOf, type Network } from './layers'

/** `fixed` says which layers never change; all of them, unless it is given (inference). */
export function foldBatchNorms(
  network: Network,
  tensors: Tensors,
  fixed: (layer: Layer) => boolean = () => true,
): { network: Network; tensors: Map<string, Tensor> } {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  const uses = new Map<string, number>()
  for (const layer of network.layers)
    for (const input of layer.inputs) uses.set(input, (uses.get(input) ?? 0) + 1)

  const folded = new Map(tensors)
  const renamed = new Map<string, string>()
  const replaced = new Map<string, Layer>()
  for (const layer of network.layers) {
    const input = byName.get(layer.inputs[0]!)
    if (!fixed(layer) || (input && !fixed(input))) continue
    if (layer.kind === 'batchNorm' && input?.kind === 'convolution' && uses.get(input.name) === 1) {
      foldIntoConvolution(folded, input, layer)
      for (const { name } of parametersOf(layer)) folded.delete(name)
      replaced.set(input.name, { ...input, bias: true })
      renamed.set(layer.name, input.name)
    }
    if (layer.kind === 'dense' && input?.kind === 'batchNorm' && uses.get(input.name) === 1) {
      foldIntoDense(folded, layer, input)
      for (const { name } of parametersOf(input)) folded.delete(name)
      renamed.set(input.name, input.inputs[0]!)
    }
  }
  const layers = network.layers
    .filter((layer) => !renamed.has(layer.name))
    .map((layer) => replaced.get(layer.name) ?? layer)
    .map((layer) => ({
      ...layer,
      inputs: layer.inputs.map((input) => renamed.get(input) ?? input),
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
  convolution: LayerOf<'convolution'>,
  norm: LayerOf<'batchNorm'>,
) {
  const { scale, shift } = affine(tensors, norm)
  const weight = tensors.get(`${convolution.name}.weight`)!
  const perFilter = weight.data.length / scale.length
  const data = weight.data.map((value, i) => value * scale[Math.floor(i / perFilter)]!)
  const bias = tensors.get(`${convolution.name}.bias`)?.data
  tensors.set(`${convolution.name}.weight`, { shape: weight.shape, data })
  tensors.set(`${convolution.name}.bias`, {
    shape: [scale.length],
    data: Float32Array.from(shift, (value, c) => value + (bias?.[c] ?? 0) * scale[c]!),
  })
}

function foldIntoDense(
  tensors: Map<string, Tensor>,
  dense: LayerOf<'dense'>,
  norm: LayerOf<'batchNorm'>,
) {
  const { scale, shift } = affine(tensors, norm)
  const weight = tensors.get(`${dense.name}.weight`)!
  const bias = tensors.get(`${dense.name}.bias`)!
  const inputs = scale.length
  const moved = Float32Array.from(bias.data, (value, row) => {
    let sum = value
    for (let c = 0; c < inputs; c++) sum += weight.data[row * inputs + c]! * shift[c]!
    return sum
  })
  tensors.set(`${dense.name}.weight`, {
    shape: weight.shape,
    data: weight.data.map((value, i) => value * scale[i % inputs]!),
  })
  tensors.set(`${dense.name}.bias`, { shape: bias.shape, data: moved })
}
