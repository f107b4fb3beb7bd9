// Every ResNet of the family from one table and two block functions. v1: He et al. 2015 (figure 5,
// table 1), the bottleneck's stride in its 3 x 3 convolution as torchvision has it; CIFAR: section
// 4.2 with option A shortcuts; v2: He et al. 2016 (pre-activation, figure 1b).
import type { Architecture, Cut, Stage } from '../../../shared/network'
import type { Layer, MapShape, Network } from './layers'

type Block = 'basic' | 'bottleneck'
interface Design {
  readonly block: Block
  readonly blocks: readonly number[]
  readonly stem: 'imagenet' | 'cifar'
  readonly preActivation: boolean
}
const imagenet = (block: Block, ...blocks: number[]): Design => ({
  block,
  blocks,
  stem: 'imagenet',
  preActivation: false,
})
const v2 = (block: Block, ...blocks: number[]): Design => ({
  ...imagenet(block, ...blocks),
  preActivation: true,
})
const cifar = (n: number): Design => ({
  block: 'basic',
  blocks: [n, n, n],
  stem: 'cifar',
  preActivation: false,
})

const family: Readonly<Record<Architecture, Design>> = {
  resnet18: imagenet('basic', 2, 2, 2, 2),
  resnet34: imagenet('basic', 3, 4, 6, 3),
  resnet50: imagenet('bottleneck', 3, 4, 6, 3),
  resnet101: imagenet('bottleneck', 3, 4, 23, 3),
  resnet152: imagenet('bottleneck', 3, 8, 36, 3),
  resnet18v2: v2('basic', 2, 2, 2, 2),
  resnet34v2: v2('basic', 3, 4, 6, 3),
  resnet50v2: v2('bottleneck', 3, 4, 6, 3),
  resnet101v2: v2('bottleneck', 3, 4, 23, 3),
  resnet152v2: v2('bottleneck', 3, 8, 36, 3),
  resnet20: cifar(3),
  resnet32: cifar(5),
  resnet44: cifar(7),
  resnet56: cifar(9),
  resnet110: cifar(18),
}
const residualStages = ['layer1', 'layer2', 'layer3', 'layer4'] as const
const expansion = { basic: 1, bottleneck: 4 } as const

export interface NetworkOptions {
  readonly architecture: Architecture
  /** The last residual stage that is kept; null keeps them all. */
  readonly cut?: Cut | null
  readonly size: number
  readonly classes: number
  /** A head that standardises its input with the training set's statistics. */
  readonly standardise?: boolean
}

export function buildNetwork({
  architecture,
  cut = null,
  size,
  classes,
  standardise = false,
}: NetworkOptions): Network {
  const design = family[architecture]
  const kept = residualStages.slice(0, cut ? residualStages.indexOf(cut) + 1 : design.blocks.length)
  const add = new LayerList()
  let x =
    design.stem === 'cifar' ? add.cifarStem(size) : add.imagenetStem(size, design.preActivation)
  kept.slice(0, design.blocks.length).forEach((stage, depth) => {
    const width = (design.stem === 'cifar' ? 16 : 64) * 2 ** depth
    for (let i = 0; i < design.blocks[depth]!; i++) {
      const block = {
        stage,
        name: `${stage}.${i}`,
        width,
        stride: i === 0 && depth > 0 ? 2 : 1,
        design,
      }
      x = design.preActivation ? add.preActivationBlock(x, block) : add.block(x, block)
    }
  })
  if (design.preActivation) x = add.relu(add.batchNorm(x, 'norm'), 'norm.relu')
  add.head(x, classes, standardise)
  return {
    architecture,
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
  readonly design: Design
}

/** Appends layers and works out their shapes; each method returns the name of what it put out. */
class LayerList {
  readonly layers: Layer[] = []
  private stage: Stage = 'stem'
  private within: string | null = null
  private readonly shapes = new Map<string, MapShape>()

  imagenetStem(size: number, normaliseInput: boolean) {
    this.shapes.set('input', [size, size, 3])
    const x = normaliseInput ? this.batchNorm('input', 'bn_data') : 'input'
    const y = this.relu(
      this.batchNorm(this.convolution(x, 'conv1', { kernel: 7, filters: 64, stride: 2 }), 'bn1'),
      'relu',
    )
    const [height, width, channels] = this.shape(y)
    return this.push({
      kind: 'maxPool',
      kernel: 3,
      stride: 2,
      ...this.common('maxpool', [y], [half(height), half(width), channels]),
    })
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
      const steps = convolutionsOf(plan)
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
      let y = activated
      convolutionsOf(plan).forEach((step, i) => {
        const norm = `${plan.name}.bn${i + 1}`
        if (i > 0) y = this.relu(this.batchNorm(y, norm), `${norm}.relu`)
        y = this.convolution(y, `${plan.name}.conv${i + 1}`, step)
      })
      const identity = plan.stride === 1 && this.shape(x)[2] === this.shape(y)[2]
      return this.sum(y, identity ? x : this.projection(activated, plan), plan)
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
    if (plan.stride === 1 && this.shape(x)[2] === filtersOf(plan)) return x
    if (plan.design.stem === 'cifar') return this.paddingShortcut(x, plan)
    return this.batchNorm(this.projection(x, plan), `${plan.name}.downsample.1`)
  }

  private projection(x: string, plan: BlockPlan) {
    return this.convolution(x, `${plan.name}.downsample.0`, {
      kernel: 1,
      filters: filtersOf(plan),
      stride: plan.stride,
    })
  }

  private paddingShortcut(x: string, plan: BlockPlan) {
    const [height, width, channels] = this.shape(x)
    const output: MapShape = [half(height), half(width), filtersOf(plan)]
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
    { kernel, filters, stride = 1 }: { kernel: number; filters: number; stride?: number },
  ) {
    const [height, width, channels] = this.shape(x)
    const output: MapShape =
      stride === 1 ? [height, width, filters] : [half(height), half(width), filters]
    return this.push({
      kind: 'convolution',
      kernel,
      stride,
      channels,
      bias: false,
      ...this.common(name, [x], output),
    })
  }

  batchNorm(x: string, name: string, startsAtZero = false) {
    return this.push({
      kind: 'batchNorm',
      epsilon: 1e-5,
      affine: true,
      startsAtZero,
      ...this.common(name, [x], this.shape(x)),
    })
  }

  relu(x: string, name: string) {
    return this.push({ kind: 'relu', ...this.common(name, [x], this.shape(x)), stage: this.stage })
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

/** The 3 x 3 pair of a basic block, or 1 x 1, 3 x 3, 1 x 1 of a bottleneck. */
function convolutionsOf(plan: BlockPlan) {
  const { width, stride, design } = plan
  const filters = filtersOf(plan)
  return design.block === 'basic'
    ? [
        { kernel: 3, filters: width, stride },
        { kernel: 3, filters },
      ]
    : [
        { kernel: 1, filters: width },
        { kernel: 3, filters: width, stride },
        { kernel: 1, filters },
      ]
}

/** Channels that a block puts out. */
const filtersOf = ({ width, design }: Pick<BlockPlan, 'width' | 'design'>) =>
  width * expansion[design.block]

/** Stride 2 with symmetric padding of half the kernel. */
const half = (side: number) => Math.ceil(side / 2)
