// How much there is to compute in a network for one picture: what predictions of time count.
import { countValues, multiplyAdds, type Network } from '../network/layers'

export interface Work {
  readonly multiplyAdds: number
  /** Numbers that the layers write, which memory has to take. */
  readonly values: number
  readonly layers: number
}

export const workOf = ({ layers }: Network): Work => ({
  multiplyAdds: layers.reduce((sum, layer) => sum + multiplyAdds(layer), 0),
  values: layers.reduce((sum, { output }) => sum + countValues(output), 0),
  layers: layers.length,
})
