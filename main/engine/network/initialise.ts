// Starting values: He et al. 2015b for convolutions (fan out, as torchvision), the last batch norm of
// each residual block at zero (Goyal et al. 2017, section 5.1), a small dense head.
import { seededRandom } from '../../../shared/random'
import { countValues, parametersOf, type Layer, type Network } from './layers'

export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}
export type Tensors = ReadonlyMap<string, Tensor>

/** Fresh values for every parameter that `given` does not hold. */
export function initialise(
  network: Network,
  seed: number,
  given: Tensors = new Map(),
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const layer of network.layers) {
    for (const { name, shape } of parametersOf(layer)) {
      tensors.set(
        name,
        given.get(name) ?? { shape, data: startingValues(layer, { name, shape, seed }) },
      )
    }
  }
  return tensors
}

function startingValues(
  layer: Layer,
  { name, shape, seed }: { name: string; shape: readonly number[]; seed: number },
) {
  const data = new Float32Array(countValues(shape))
  if (layer.kind === 'convolution' && shape.length === 4) {
    const deviation = Math.sqrt(2 / (shape[0]! * layer.kernel ** 2))
    const random = seededRandom('initialise', seed, name)
    return data.map(() => random.normal() * deviation)
  }
  if (layer.kind === 'dense' && shape.length === 2) {
    const random = seededRandom('initialise', seed, name)
    return data.map(() => random.normal() * 0.01)
  }
  if (layer.kind === 'batchNorm') {
    if (name.endsWith('.weight')) return data.fill(layer.startsAtZero ? 0 : 1)
    if (name.endsWith('.running_var')) return data.fill(1)
  }
  return data
}
