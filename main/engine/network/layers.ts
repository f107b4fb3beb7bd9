// A network as plain data: a list of named layers in the order they run. Everything else (graph,
// exports, the drawing, weight names) is a function of this list. Names are torchvision's.
import type { Architecture, Cut, Flavour, Stage } from '../../../shared/network'

/** Height, width, channels. */
export type MapShape = readonly [number, number, number]

interface Common {
  readonly name: string
  readonly stage: Stage
  /** The residual block it is part of, such as layer1.0; null outside of one. */
  readonly block: string | null
  readonly inputs: readonly string[]
  readonly output: MapShape
}
export type Layer =
  | (Common & {
      readonly kind: 'convolution'
      readonly kernel: number
      readonly stride: number
      readonly channels: number
      readonly bias: boolean
    })
  | (Common & {
      readonly kind: 'batchNorm'
      readonly epsilon: number
      readonly affine: boolean
      readonly startsAtZero: boolean
    })
  | (Common & { readonly kind: 'relu' })
  | (Common & { readonly kind: 'maxPool'; readonly kernel: number; readonly stride: number })
  | (Common & {
      readonly kind: 'paddingShortcut'
      readonly stride: number
      readonly channels: number
    })
  | (Common & { readonly kind: 'add' })
  | (Common & { readonly kind: 'globalAveragePool' })
  | (Common & { readonly kind: 'dense'; readonly channels: number })
export type LayerOf<K extends Layer['kind']> = Extract<Layer, { kind: K }>

/** RGB pixels in 0-1 enter minus `mean`, over `deviation`. */
export interface Colours {
  readonly mean: readonly [number, number, number]
  readonly deviation: readonly [number, number, number]
}

export interface Network {
  readonly architecture: Architecture
  readonly flavour: Flavour
  readonly colours: Colours
  readonly cut: Cut | null
  readonly size: number
  readonly input: string
  readonly inputShape: MapShape
  readonly layers: readonly Layer[]
}

export interface Parameter {
  readonly name: string
  readonly stage: Stage
  /** In PyTorch's layout: convolutions output, input, height, width; dense output, input. */
  readonly shape: readonly number[]
  /** A statistic is kept, never trained by gradient. */
  readonly statistic: boolean
}

/** The tensors a layer owns, in PyTorch's names and layouts. */
export function parametersOf(layer: Layer): readonly Parameter[] {
  const own = (suffix: string, shape: readonly number[], statistic = false): Parameter => ({
    name: `${layer.name}.${suffix}`,
    stage: layer.stage,
    shape,
    statistic,
  })
  const channels = layer.output[2]
  switch (layer.kind) {
    case 'convolution':
      return [
        own('weight', [channels, layer.channels, layer.kernel, layer.kernel]),
        ...(layer.bias ? [own('bias', [channels])] : []),
      ]
    case 'batchNorm':
      return [
        ...(layer.affine ? [own('weight', [channels]), own('bias', [channels])] : []),
        own('running_mean', [channels], true),
        own('running_var', [channels], true),
      ]
    case 'dense':
      return [own('weight', [channels, layer.channels]), own('bias', [channels])]
    case 'relu':
    case 'maxPool':
    case 'paddingShortcut':
    case 'add':
    case 'globalAveragePool':
      return []
  }
}

export const networkParameters = (network: Network) => network.layers.flatMap(parametersOf)

/** Multiply-adds of one picture; layers without a matrix product count as none. */
export function multiplyAdds(layer: Layer): number {
  const [height, width, channels] = layer.output
  if (layer.kind === 'convolution')
    return height * width * channels * layer.channels * layer.kernel ** 2
  return layer.kind === 'dense' ? channels * layer.channels : 0
}

export const countValues = (shape: readonly number[]) =>
  shape.reduce((product, side) => product * side, 1)

/** Two networks: what runs before the first trainable stage, and the rest. The pool, which has no
 *  parameters, stays below when the head trains alone, so that only pooled features are kept. */
export function splitNetwork(
  network: Network,
  firstTrainable: Stage,
): { below: Network; above: Network } {
  const at = network.layers.findIndex(
    (layer) => layer.stage === firstTrainable && layer.kind !== 'globalAveragePool',
  )
  const below = network.layers.slice(0, at)
  const last = below[below.length - 1]
  return {
    below: { ...network, layers: below },
    above: {
      ...network,
      input: last?.name ?? network.input,
      inputShape: last?.output ?? network.inputShape,
      layers: network.layers.slice(at),
    },
  }
}
