// A network as plain data: a list of named layers in the order they run. Everything else (graph,
// exports, the drawing, weight names) is a function of this list. Names are torchvision's.
import type { Architecture, Cut, Flavour, Stage, View } from '../../../shared/network'

export type { View }

/** Height, width, channels. */
export type MapShape = readonly [number, number, number]

/** The attributes of each kind of layer; `channels` counts input channels. */
interface Kinds {
  /** One picture becomes one of half the side for each view, as more rows of the batch. */
  splitViews: { views: readonly View[] }
  /** The views' features side by side, as one row of the batch. */
  joinViews: { views: readonly View[] }
  convolution: { kernel: number; stride: number; channels: number; bias: boolean }
  batchNorm: { epsilon: number; affine: boolean; startsAtZero: boolean }
  relu: unknown
  maxPool: { kernel: number; stride: number }
  paddingShortcut: { stride: number }
  add: unknown
  globalAveragePool: unknown
  dense: { channels: number }
}
interface Common {
  readonly name: string
  readonly stage: Stage
  /** The residual block it is part of, such as layer1.0; null outside of one. */
  readonly block: string | null
  readonly inputs: readonly string[]
  readonly output: MapShape
}
export type LayerOf<K extends keyof Kinds> = Common & { readonly kind: K } & Readonly<Kinds[K]>
export type Layer = { [K in keyof Kinds]: LayerOf<K> }[keyof Kinds]
export type OwnOfLayer = { [K in keyof Kinds]: { kind: K } & Kinds[K] }[keyof Kinds]

/** Input normalisation: (x - mean) / deviation per RGB channel, for x in 0-1. */
export interface Colours {
  readonly mean: readonly [number, number, number]
  readonly deviation: readonly [number, number, number]
}

export interface Network {
  readonly architecture: Architecture
  readonly flavour: Flavour
  readonly colours: Colours
  readonly cut: Cut | null
  /** Side of the square input in pixels. */
  readonly size: number
  /** Empty: the picture enters as it is. */
  readonly views: readonly View[]
  readonly input: string
  readonly inputShape: MapShape
  readonly layers: readonly Layer[]
}

export interface Parameter {
  readonly name: string
  readonly stage: Stage
  /** In PyTorch's layout: convolutions output, input, height, width; dense output, input. */
  readonly shape: readonly number[]
  /** True for running statistics, which gradients never train. */
  readonly statistic: boolean
}

/** The tensors a layer owns, in PyTorch's names and layouts. */
export function parametersOf(layer: Layer): readonly Parameter[] {
  const { name, stage, output } = layer
  const own = (suffix: string, shape: readonly number[]): Parameter => ({
    name: `${name}.${suffix}`,
    stage,
    shape,
    statistic: suffix.startsWith('running_'),
  })
  const channels = output[2]
  const vectors = (...suffixes: string[]) => suffixes.map((suffix) => own(suffix, [channels]))
  if (layer.kind === 'convolution') {
    const weight = own('weight', [channels, layer.channels, layer.kernel, layer.kernel])
    return [weight, ...(layer.bias ? vectors('bias') : [])]
  }
  if (layer.kind === 'batchNorm')
    return vectors(...(layer.affine ? ['weight', 'bias'] : []), 'running_mean', 'running_var')
  if (layer.kind === 'dense') return [own('weight', [channels, layer.channels]), ...vectors('bias')]
  return []
}

export const networkParameters = (network: Network) => network.layers.flatMap(parametersOf)

const pooling: readonly Layer['kind'][] = ['globalAveragePool', 'joinViews']

/** Two networks: what runs before the first trainable stage, and the rest. Pooling, which has no
 *  parameters, stays below when the head trains alone, so that only pooled features are kept. */
export function splitNetwork(
  network: Network,
  firstTrainable: Stage,
): { below: Network; above: Network } {
  const at = network.layers.findIndex(
    (layer) => layer.stage === firstTrainable && !pooling.includes(layer.kind),
  )
  const below = network.layers.slice(0, at)
  const last = below[below.length - 1]
  const entrance = last ? { input: last.name, inputShape: last.output } : {}
  return {
    below: { ...network, layers: below },
    above: { ...network, ...entrance, layers: network.layers.slice(at) },
  }
}
