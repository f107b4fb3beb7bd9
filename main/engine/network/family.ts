// Every ResNet of the family from one table, the styles of its publishers and two block functions.
// v1: He et al. 2015 (figure 5, table 1); CIFAR: section 4.2 with option A shortcuts; v2: He et al.
// 2016 (pre-activation, figure 1b). A style is data: whatever reads the layers follows it unasked.
import type { Architecture, Cut, Flavour, Stage } from '../../../shared/network'
import type { Colours, Layer, MapShape, Network } from './layers'

export interface Design {
  readonly block: 'basic' | 'bottleneck'
  readonly blocks: readonly number[]
  readonly stem: 'imagenet' | 'cifar'
  readonly version: 'v1' | 'v2'
}
const design = (
  block: Design['block'],
  blocks: readonly number[],
  rest: Partial<Design> = {},
): Design => ({ block, blocks, stem: 'imagenet', version: 'v1', ...rest })
const v2 = { version: 'v2' } as const
const cifar = (n: number) => design('basic', [n, n, n], { stem: 'cifar' })

export const family: Readonly<Record<Architecture, Design>> = {
  resnet18: design('basic', [2, 2, 2, 2]),
  resnet34: design('basic', [3, 4, 6, 3]),
  resnet50: design('bottleneck', [3, 4, 6, 3]),
  resnet101: design('bottleneck', [3, 4, 23, 3]),
  resnet152: design('bottleneck', [3, 8, 36, 3]),
  resnet18v2: design('basic', [2, 2, 2, 2], v2),
  resnet34v2: design('basic', [3, 4, 6, 3], v2),
  resnet50v2: design('bottleneck', [3, 4, 6, 3], v2),
  resnet101v2: design('bottleneck', [3, 4, 23, 3], v2),
  resnet152v2: design('bottleneck', [3, 8, 36, 3], v2),
  resnet20: cifar(3),
  resnet32: cifar(5),
  resnet44: cifar(7),
  resnet56: cifar(9),
  resnet110: cifar(18),
}

/** What the publishers of one design do not agree on. */
interface Style {
  /** The convolution of a bottleneck that strides, counted from one. */
  readonly stridesIn: 1 | 2
  /** A stage's first block halves what comes in, or its last what goes out (to a next stage). */
  readonly halves: 'entering' | 'leaving'
  /** `loose`: where no batch norm follows. */
  readonly biases: 'none' | 'all' | 'loose'
  readonly inputNorm: boolean
  readonly stemNorm: boolean
  readonly epsilon: number
  readonly colours: Colours
}
const standard: Style = {
  stridesIn: 2,
  halves: 'entering',
  biases: 'none',
  inputNorm: false,
  stemNorm: true,
  epsilon: 1e-5,
  colours: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
}
/** Caffe's colours are 0-255 around ImageNet's mean; the paper's own stride. */
const keras: Style = {
  ...standard,
  stridesIn: 1,
  biases: 'all',
  epsilon: 1.001e-5,
  colours: {
    mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
    deviation: [1 / 255, 1 / 255, 1 / 255],
  },
}
/** torchvision and timm with GluonCV's v2; keras.applications' resnet.py and resnet_v2.py. */
const styles: Readonly<Record<Flavour, Readonly<Record<Design['version'], Style>>>> = {
  standard: { v1: standard, v2: { ...standard, inputNorm: true } },
  keras: {
    v1: keras,
    v2: {
      ...keras,
      stridesIn: 2,
      halves: 'leaving',
      biases: 'loose',
      stemNorm: false,
      colours: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    },
  },
}
const styleOf = (architecture: Architecture, flavour: Flavour) =>
  styles[flavour][family[architecture].version]

const residualStages = ['layer1', 'layer2', 'layer3', 'layer4'] as const
const expansion = { basic: 1, bottleneck: 4 } as const

export interface NetworkOptions {
  readonly architecture: Architecture
  readonly flavour?: Flavour
  /** The last residual stage that is kept; null keeps them all. */
  readonly cut?: Cut | null
  readonly size: number
  readonly classes: number
  /** A head that standardises its input with the training set's statistics. */
  readonly standardise?: boolean
}

export function buildNetwork({
  architecture,
  flavour = 'standard',
  cut = null,
  size,
  classes,
  standardise = false,
}: NetworkOptions): Network {
  const { blocks, stem, version } = family[architecture]
  const style = styleOf(architecture, flavour)
  const stages = residualStages.slice(0, blocks.length)
  const kept = cut ? stages.slice(0, stages.indexOf(cut) + 1) : stages
  const add = new LayerList(family[architecture], style)
  let x = stem === 'cifar' ? add.cifarStem(size) : add.imagenetStem(size)
  kept.forEach((stage, depth) => {
    const width = (stem === 'cifar' ? 16 : 64) * 2 ** depth
    const count = blocks[depth]!
    for (let i = 0; i < count; i++) {
      const halves =
        style.halves === 'entering'
          ? i === 0 && depth > 0
          : i === count - 1 && depth < stages.length - 1
      const block = { stage, name: `${stage}.${i}`, width, stride: halves ? 2 : 1 }
      x = version === 'v2' ? add.preActivationBlock(x, block) : add.block(x, block)
    }
  })
  if (version === 'v2') x = add.relu(add.batchNorm(x, 'norm'), 'norm.relu')
  add.head(x, classes, standardise)
  return {
    architecture,
    flavour,
    colours: style.colours,
    cut,
    size,
    input: 'input',
    inputShape: [size, size, 3],
    layers: add.layers,
  }
}

interface BlockPlan {
  readonly stage: Stage
  readonly name: string
  readonly width: number
  readonly stride: number
}
interface Convolution {
  readonly kernel: number
  readonly filters: number
  readonly stride?: number
  /** Whether a batch norm follows it. */
  readonly normed?: boolean
}

/** Appends layers and works out their shapes; each method returns the name of what it put out. */
class LayerList {
  readonly layers: Layer[] = []
  private stage: Stage = 'stem'
  private within: string | null = null
  private readonly shapes = new Map<string, MapShape>()
  constructor(
    private readonly design: Design,
    private readonly style: Style,
  ) {}

  imagenetStem(size: number) {
    const { inputNorm, stemNorm } = this.style
    this.shapes.set('input', [size, size, 3])
    const x = inputNorm ? this.batchNorm('input', 'bn_data') : 'input'
    const y = this.convolution(x, 'conv1', { kernel: 7, filters: 64, stride: 2, normed: stemNorm })
    return this.maxPool(stemNorm ? this.relu(this.batchNorm(y, 'bn1'), 'relu') : y, 'maxpool', 3)
  }

  cifarStem(size: number) {
    this.shapes.set('input', [size, size, 3])
    return this.relu(
      this.batchNorm(this.convolution('input', 'conv1', { kernel: 3, filters: 16 }), 'bn1'),
      'relu',
    )
  }

  /** y = relu(F(x) + shortcut(x)): He et al. 2015, figure 5. */
  block(x: string, plan: BlockPlan) {
    return this.inBlock(plan, () => {
      const steps = this.convolutionsOf(plan)
      let y = x
      steps.forEach((step, i) => {
        const norm = `${plan.name}.bn${i + 1}`
        const last = i === steps.length - 1
        y = this.batchNorm(this.convolution(y, `${plan.name}.conv${i + 1}`, step), norm, last)
        if (!last) y = this.relu(y, `${norm}.relu`)
      })
      const shortcut = this.shortcut(x, plan)
      return this.relu(this.sum(y, shortcut, plan), `${plan.name}.relu`)
    })
  }

  /** y = F(norm, relu(x)) + shortcut: He et al. 2016, figure 1b; a projection takes the activated x. */
  preActivationBlock(x: string, plan: BlockPlan) {
    return this.inBlock(plan, () => {
      const activated = this.relu(this.batchNorm(x, `${plan.name}.bn1`), `${plan.name}.bn1.relu`)
      const steps = this.convolutionsOf(plan)
      let y = activated
      steps.forEach((step, i) => {
        const norm = `${plan.name}.bn${i + 1}`
        if (i > 0) y = this.relu(this.batchNorm(y, norm), `${norm}.relu`)
        const normed = i < steps.length - 1
        y = this.convolution(y, `${plan.name}.conv${i + 1}`, { ...step, normed })
      })
      if (this.shape(x)[2] !== this.filtersOf(plan))
        return this.sum(y, this.projection(activated, plan, false), plan)
      const same = plan.stride === 1 ? x : this.maxPool(x, `${plan.name}.shortcut`, 1)
      return this.sum(y, same, plan)
    })
  }

  private inBlock(plan: BlockPlan, build: () => string) {
    this.stage = plan.stage
    this.within = plan.name
    const y = build()
    this.within = null
    return y
  }

  private sum(y: string, shortcut: string, plan: BlockPlan) {
    return this.push({
      kind: 'add',
      ...this.common(`${plan.name}.add`, [y, shortcut], this.shape(y)),
    })
  }

  /** Identity where shapes agree, else option A (padding, CIFAR) or B (a projection and its norm). */
  private shortcut(x: string, plan: BlockPlan) {
    if (plan.stride === 1 && this.shape(x)[2] === this.filtersOf(plan)) return x
    if (this.design.stem === 'cifar') return this.paddingShortcut(x, plan)
    return this.batchNorm(this.projection(x, plan, true), `${plan.name}.downsample.1`)
  }

  private projection(x: string, plan: BlockPlan, normed: boolean) {
    const { stride } = plan
    const convolution = { kernel: 1, filters: this.filtersOf(plan), stride, normed }
    return this.convolution(x, `${plan.name}.downsample.0`, convolution)
  }

  private paddingShortcut(x: string, plan: BlockPlan) {
    const [height, width, channels] = this.shape(x)
    const output: MapShape = [half(height), half(width), this.filtersOf(plan)]
    return this.push({
      kind: 'paddingShortcut',
      stride: plan.stride,
      channels,
      ...this.common(`${plan.name}.shortcut`, [x], output),
    })
  }

  head(x: string, classes: number, standardise: boolean) {
    this.stage = 'head'
    const channels = this.shape(x)[2]
    let y = this.push({
      kind: 'globalAveragePool',
      ...this.common('avgpool', [x], [1, 1, channels]),
    })
    if (standardise) {
      y = this.push({
        kind: 'batchNorm',
        epsilon: 1e-5,
        affine: false,
        startsAtZero: false,
        ...this.common('head_norm', [y], [1, 1, channels]),
      })
    }
    this.push({ kind: 'dense', channels, ...this.common('fc', [y], [1, 1, classes]) })
  }

  convolution(
    x: string,
    name: string,
    { kernel, filters, stride = 1, normed = true }: Convolution,
  ) {
    const [height, width, channels] = this.shape(x)
    const output: MapShape =
      stride === 1 ? [height, width, filters] : [half(height), half(width), filters]
    const { biases } = this.style
    return this.push({
      kind: 'convolution',
      kernel,
      stride,
      channels,
      bias: biases === 'all' || (biases === 'loose' && !normed),
      ...this.common(name, [x], output),
    })
  }

  batchNorm(x: string, name: string, startsAtZero = false) {
    return this.push({
      kind: 'batchNorm',
      epsilon: this.style.epsilon,
      affine: true,
      startsAtZero,
      ...this.common(name, [x], this.shape(x)),
    })
  }

  relu(x: string, name: string) {
    return this.push({ kind: 'relu', ...this.common(name, [x], this.shape(x)), stage: this.stage })
  }

  private maxPool(x: string, name: string, kernel: number) {
    const [height, width, channels] = this.shape(x)
    const output: MapShape = [half(height), half(width), channels]
    return this.push({ kind: 'maxPool', kernel, stride: 2, ...this.common(name, [x], output) })
  }

  /** The 3 x 3 pair of a basic block, or 1 x 1, 3 x 3, 1 x 1 of a bottleneck. */
  private convolutionsOf(plan: BlockPlan): readonly Convolution[] {
    const { width, stride } = plan
    const filters = this.filtersOf(plan)
    if (this.design.block === 'basic') {
      return [
        { kernel: 3, filters: width, stride },
        { kernel: 3, filters },
      ]
    }
    const first = this.style.stridesIn === 1
    return [
      { kernel: 1, filters: width, stride: first ? stride : 1 },
      { kernel: 3, filters: width, stride: first ? 1 : stride },
      { kernel: 1, filters },
    ]
  }

  /** Channels that a block puts out. */
  private filtersOf({ width }: BlockPlan) {
    return width * expansion[this.design.block]
  }

  private shape(name: string) {
    return this.shapes.get(name)!
  }

  private common(name: string, inputs: readonly string[], output: MapShape) {
    return { name, inputs, output, stage: this.stage, block: this.within }
  }

  private push(layer: Layer) {
    this.layers.push(layer)
    this.shapes.set(layer.name, layer.output)
    return layer.name
  }
}

/** Stride 2 with symmetric padding of half the kernel. */
const half = (side: number) => Math.ceil(side / 2)
