// Starting values: He et al. 2015b for convolutions (fan out, as torchvision), the last batch norm of
// each residual block at zero (Goyal et al. 2017, section 5.1), a small dense head.
import { seededRandom } from '../../../shared/random'
import { parametersOf, type Layer, type Network, type Parameter } from '../network/layers'
import { elementCount, type Tensor, type Tensors } from '../network/tensor'

/** Fresh values for every parameter that `given` does not hold. */
export const initialise = (network: Network, seed: number, given: Tensors = new Map()) =>
  new Map<string, Tensor>(
    network.layers.flatMap((layer) =>
      parametersOf(layer).map((parameter) => {
        const { name, shape } = parameter
        return [name, given.get(name) ?? { shape, data: startingValues(layer, parameter, seed) }]
      }),
    ),
  )

function startingValues(layer: Layer, { name, shape }: Parameter, seed: number) {
  const data = new Float32Array(elementCount(shape))
  const normal = (deviation: number) => {
    const random = seededRandom('initialise', seed, name)
    return data.map(() => random.normal() * deviation)
  }
  if (layer.kind === 'convolution' && shape.length === 4)
    return normal(Math.sqrt(2 / (shape[0]! * layer.kernel ** 2)))
  if (layer.kind === 'dense' && shape.length === 2) return normal(0.01)
  if (layer.kind === 'batchNorm') {
    if (name.endsWith('.weight')) return data.fill(layer.startsAtZero ? 0 : 1)
    if (name.endsWith('.running_var')) return data.fill(1)
  }
  return data
}
