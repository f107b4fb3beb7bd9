// From starting weights to the network that continues from them, and to its first tensors.
import { stages, type Cut, type View } from '../../../shared/network'
import { buildNetwork } from '../network/family'
import { networkParameters, type Network } from '../network/layers'
import type { Tensor } from '../network/tensor'
import { initialise } from './initialise'
import { matchWeights } from './matchWeights'
import { lastStage, type StartingWeights } from './startingWeights'

export interface StartingNetworkOptions {
  /** The last stage wanted; null: as many as the weights have. */
  readonly cut: Cut | null
  /** Side of the square input in pixels. */
  readonly size: number
  readonly classes: number
  /** See NetworkOptions. */
  readonly views?: readonly View[]
}

/** The network of the architecture of `weights`, with a standardised new head. It ends at the lower
 *  of the two cuts, the one asked for and the one of the weights. */
export function startingNetwork(
  { architecture, flavour, cut: given }: StartingWeights,
  { cut: asked, size, classes, views = [] }: StartingNetworkOptions,
): Network {
  const cut = lowerCut(asked, given)
  return buildNetwork({
    architecture,
    flavour,
    cut: cut === lastStage(architecture) ? null : cut,
    size,
    classes,
    views,
    standardise: true,
  })
}

function lowerCut(a: Cut | null, b: Cut | null): Cut | null {
  if (!a || !b) return a ?? b
  return stages.indexOf(a) < stages.indexOf(b) ? a : b
}

/** Every tensor of `network`: those of `weights` where they fit, else fresh values drawn from `seed`.
 *  The head always starts fresh, since a published one knows other classes.
 *  @throws {Failure} weights-mismatch */
export function startingTensors(
  network: Network,
  weights: StartingWeights,
  seed: number,
): Map<string, Tensor> {
  const given = matchWeights(weights.tensors, networkParameters(network), {
    optional: optionalNames(network, weights),
    architecture: weights.architecture,
  })
  const body = new Map([...given].filter(([name]) => !name.startsWith('fc.')))
  return initialise(network, seed, body)
}

/** Prefixes of the tensors that may be missing. */
function optionalNames(network: Network, { tensors, cut }: StartingWeights): string[] {
  const everything = ['']
  if (tensors.size === 0) return everything
  // The last norm of a v2 network is as wide as the stage before it, so another cut needs a new one.
  return ['fc.', 'head_norm.', ...(network.cut === cut ? [] : ['norm.'])]
}
