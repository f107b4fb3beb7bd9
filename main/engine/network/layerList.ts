// Builds a list of layers: appends a layer, computes its output shape and returns its name, by which
// later layers refer to it.
import type { Stage } from '../../../shared/network'
import type { Layer, LayerOf, MapShape, OwnOfLayer, View } from './layers'

export interface Convolution {
  readonly kernel: number
  readonly filters: number
  readonly stride?: number
  readonly bias?: boolean
}

export class LayerList {
  readonly layers: Layer[] = []
  private readonly shapes: Map<string, MapShape>
  private position: Pick<Layer, 'stage' | 'block'> = { stage: 'stem', block: null }

  /** `epsilon` is the default of batch norms. */
  constructor(
    input: MapShape,
    private readonly epsilon: number,
  ) {
    this.shapes = new Map([['input', input]])
  }

  /** Sets the stage and block of the layers that follow. */
  enter(stage: Stage, block: string | null = null) {
    this.position = { stage, block }
  }

  channels = (name: string) => this.shapes.get(name)![2]

  convolution(x: string, name: string, { filters, stride = 1, bias = false, kernel }: Convolution) {
    const own = { kind: 'convolution', kernel, stride, channels: this.channels(x), bias } as const
    return this.add(name, [x], { ...own, output: this.strided(x, stride, filters) })
  }

  batchNorm(x: string, name: string, own: Partial<LayerOf<'batchNorm'>> = {}) {
    const usual = { epsilon: this.epsilon, affine: true, startsAtZero: false }
    return this.add(name, [x], { kind: 'batchNorm', ...usual, ...own })
  }

  relu(x: string, name: string) {
    return this.add(name, [x], { kind: 'relu' })
  }

  normAndRelu(x: string, norm: string) {
    return this.relu(this.batchNorm(x, norm), `${norm}.relu`)
  }

  /** Halves height and width. */
  maxPool(x: string, name: string, kernel: number) {
    const output = this.strided(x, 2, this.channels(x))
    return this.add(name, [x], { kind: 'maxPool', kernel, stride: 2, output })
  }

  paddingShortcut(
    x: string,
    name: string,
    { filters, stride }: { filters: number; stride: number },
  ) {
    const output = this.strided(x, stride, filters)
    return this.add(name, [x], { kind: 'paddingShortcut', stride, output })
  }

  sum(y: string, shortcut: string, name: string) {
    return this.add(name, [y, shortcut], { kind: 'add' })
  }

  globalAveragePool(x: string, name: string) {
    return this.add(name, [x], { kind: 'globalAveragePool', output: [1, 1, this.channels(x)] })
  }

  /** Halves the sides. */
  splitViews(x: string, name: string, views: readonly View[]) {
    const [height, width, channels] = this.shapes.get(x)!
    return this.add(name, [x], {
      kind: 'splitViews',
      views,
      output: [height / 2, width / 2, channels],
    })
  }

  joinViews(x: string, name: string, views: readonly View[]) {
    const output = [1, 1, this.channels(x) * views.length] as const
    return this.add(name, [x], { kind: 'joinViews', views, output })
  }

  dense(x: string, name: string, classes: number) {
    const own = { kind: 'dense', channels: this.channels(x) } as const
    return this.add(name, [x], { ...own, output: [1, 1, classes] })
  }

  /** Stride 2 comes with symmetric padding of half the kernel. */
  private strided(x: string, stride: number, channels: number): MapShape {
    const [height, width] = this.shapes.get(x)!
    return [Math.ceil(height / stride), Math.ceil(width / stride), channels]
  }

  /** Shaped as its first input unless `output` is given. */
  private add(name: string, inputs: readonly string[], own: OwnOfLayer & { output?: MapShape }) {
    const { output = this.shapes.get(inputs[0]!)! } = own
    this.layers.push({ ...own, name, inputs, output, ...this.position })
    this.shapes.set(name, output)
    return name
  }
}
