// The compute cost of a network for one picture, from which running times are predicted.
import { type Layer, type Network } from './layers'
import { elementCount } from './tensor'

export interface Work {
  readonly multiplyAdds: number
  /** Number of activation values that the layers write; memory must hold them. */
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
