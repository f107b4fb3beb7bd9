// A list of layers while it is written: appends one, works out its shape, and answers its name, which
// is how the next layer asks for it.
import type { Stage } from '../../../shared/network'
import type { Layer, LayerOf, MapShape } from './layers'

export class LayerList {
  readonly layers: Layer[] = []
  private readonly shapes: Map<string, MapShape>
  private place: Pick<Layer, 'stage' | 'block'> = { stage: 'stem', block: null }

  constructor(
    input: MapShape,
    /** Of batch norms, unless they have their own. */
    private readonly epsilon: number,
  ) {
    this.shapes = new Map([['input', input]])
  }

  /** Where the layers that follow belong. */
  enter(stage: Stage, block: string | null = null) {
    this.place = { stage, block }
  }

  channels = (name: string) => this.shapes.get(name)![2]

  convolution(
    x: string,
    name: string,
    { kernel, filters, stride = 1, bias = false }: Convolution,
  ): string {
    const channels = this.channels(x)
    const own = { kind: 'convolution', kernel, stride, channels, bias } as const
    return this.push({ ...own, ...this.layer(name, [x], this.reduced(x, stride, filters)) })
  }

  batchNorm(x: string, name: string, own: Partial<LayerOf<'batchNorm'>> = {}): string {
    const usual = { epsilon: this.epsilon, affine: true, startsAtZero: false, ...own }
    return this.push({ kind: 'batchNorm', ...usual, ...this.layer(name, [x]) })
  }

  relu(x: string, name: string): string {
    return this.push({ kind: 'relu', ...this.layer(name, [x]) })
  }

  normAndRelu(x: string, norm: string): string {
    return this.relu(this.batchNorm(x, norm), `${norm}.relu`)
  }

  /** Halves the sides. */
  maxPool(x: string, name: string, kernel: number): string {
    const output = this.reduced(x, 2, this.channels(x))
    return this.push({ kind: 'maxPool', kernel, stride: 2, ...this.layer(name, [x], output) })
  }

  paddingShortcut(x: string, name: string, { filters, stride }: Strided): string {
    const output = this.reduced(x, stride, filters)
    return this.push({ kind: 'paddingShortcut', stride, ...this.layer(name, [x], output) })
  }

  sum(y: string, shortcut: string, name: string): string {
    return this.push({ kind: 'add', ...this.layer(name, [y, shortcut]) })
  }

  globalAveragePool(x: string, name: string): string {
    const output = [1, 1, this.channels(x)] as const
    return this.push({ kind: 'globalAveragePool', ...this.layer(name, [x], output) })
  }

  dense(x: string, name: string, classes: number): string {
    const channels = this.channels(x)
    return this.push({ kind: 'dense', channels, ...this.layer(name, [x], [1, 1, classes]) })
  }

  /** Stride 2 comes with symmetric padding of half the kernel. */
  private reduced(x: string, stride: number, channels: number): MapShape {
    const [height, width] = this.shapes.get(x)!
    return [Math.ceil(height / stride), Math.ceil(width / stride), channels]
  }

  /** What layers of every kind have; shaped as the first input unless `output` is given. */
  private layer(name: string, inputs: readonly string[], output = this.shapes.get(inputs[0]!)!) {
    return { name, inputs, output, ...this.place }
  }

  private push(layer: Layer): string {
    this.layers.push(layer)
    this.shapes.set(layer.name, layer.output)
    return layer.name
  }
}

interface Strided {
  readonly filters: number
  readonly stride: number
}
export interface Convolution extends Partial<Strided> {
  readonly kernel: number
  readonly filters: number
  readonly bias?: boolean
}
