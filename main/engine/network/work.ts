// How much there is to compute in a network for one picture: what predictions of time count.
import { type Layer, type Network } from './layers'
import { elementCount } from './tensor'

export interface Work {
  readonly multiplyAdds: number
  /** Numbers that the layers write, which memory has to take. */
  readonly values: number
  readonly layers: number
}

export const workOf = ({ layers }: Network): Work => ({
  multiplyAdds: layers.reduce((sum, layer) => sum + multiplyAdds(layer), 0),
  values: layers.reduce((sum, { output }) => sum + elementCount(output), 0),
  layers: layers.length,
})

/** Multiply-adds of one picture; layers without a matrix product count as none. */
export function multiplyAdds(layer: Layer): number {
  const [height, width, channels] = layer.output
  if (layer.kind === 'convolution')
    return height * width * channels * layer.channels * layer.kernel ** 2
  return layer.kind === 'dense' ? channels * layer.channels : 0
}
