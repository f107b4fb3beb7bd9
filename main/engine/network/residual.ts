// The residual branch of a block, set to zero: what is left is its shortcut, identity or projection
// (He et al. 2015, section 3.1). Shows what a block adds to a trained network (Veit et al. 2016).
import { parametersOf, type Network } from './layers'
import type { Tensor, Tensors } from './tensor'

/** Names of the residual blocks in order, such as layer1.0. */
export const residualBlocks = ({ layers }: Network): readonly string[] =>
  layers.flatMap(({ kind, block }) => (kind === 'add' && block !== null ? [block] : []))

/** `tensors` with the last layer of these blocks' branches at zero, whether it is a batch norm or
 *  the convolution it was folded into. */
export function switchOffBlocks(
  network: Network,
  tensors: Tensors,
  blocks: readonly string[],
): Map<string, Tensor> {
  const changed = new Map(tensors)
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  for (const layer of network.layers) {
    if (layer.kind !== 'add' || !blocks.includes(layer.block ?? '')) continue
    for (const { name, shape, statistic } of parametersOf(byName.get(layer.inputs[0]!)!)) {
      const { length } = tensors.get(name)!.data
      if (!statistic) changed.set(name, { shape, data: new Float32Array(length) })
    }
  }
  return changed
}
