// The compute cost of a network for one picture, from which running times are predicted.
import { type Layer, type Network } from './layers'
import { elementCount } from './tensor'

export interface Work {
  readonly multiplyAdds: number
  /** Number of activation values that the layers write; memory must hold them. */
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
