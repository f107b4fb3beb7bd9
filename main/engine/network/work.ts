// How much there is to compute in a network for one picture: what predictions of time count.
import { type Layer, type Network } from './layers'
import { elementCount } from './tensor'

export interface Work {
  readonly multiplyAdds: number
  /** Numbers that the layers write, which memory has to take. */
  readonly values: number
  readonly layers: number
}

export function workOf(network: Network): Work {
  const { layers } = network
  const sum = (count: (layer: Layer) => number) =>
    layers.reduce((total, layer) => total + timesRun(network, layer) * count(layer), 0)
  return {
    multiplyAdds: sum(multiplyAdds),
    values: sum(({ output }) => elementCount(output)),
    layers: layers.length,
  }
}

/** How often a layer runs for one picture: the body once a view, the head once. */
export const timesRun = ({ views }: Pick<Network, 'views'>, { stage }: Layer) =>
  stage === 'head' ? 1 : Math.max(1, views.length)

/** Multiply-adds of one picture; layers without a matrix product count as none. */
export function multiplyAdds(layer: Layer): number {
  const [height, width, channels] = layer.output
  if (layer.kind === 'convolution')
    return height * width * channels * layer.channels * layer.kernel ** 2
  return layer.kind === 'dense' ? channels * layer.channels : 0
}
