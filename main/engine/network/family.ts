// Every ResNet of the family from one table, the styles of its publishers and two block functions.
// v1: He et al. 2015 (figure 5, table 1); CIFAR: section 4.2 with option A shortcuts; v2: He et al.
// 2016 (pre-activation, figure 1b). A style is data, so code that reads the layers needs no case for it.
import type { Architecture, Cut, Flavour, Stage } from '../../../shared/network'
import { LayerList, type Convolution } from './layerList'
import type { Colours, Network, View } from './layers'

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

/** Details in which publishers of the same design differ. */
interface Style {
  /** Which convolution of a bottleneck has the stride, counted from one. */
  readonly stridesIn: 1 | 2
  /** Whether a stage's first block halves its input, or its last block its output. */
  readonly halves: 'entering' | 'leaving'
  /** Whether convolutions have biases: those followed by a batch norm, and the others. */
  readonly biasBeforeNorm: boolean
  readonly biasElsewhere: boolean
  readonly inputNorm: boolean
  readonly stemNorm: boolean
  readonly epsilon: number
  readonly colours: Colours
}
const standard: Style = {
  stridesIn: 2,
  halves: 'entering',
  biasBeforeNorm: false,
  biasElsewhere: false,
  inputNorm: false,
  stemNorm: true,
  epsilon: 1e-5,
  colours: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
}
/** Caffe's colours are 0-255 around ImageNet's mean; the paper's own stride. */
const keras: Style = {
  ...standard,
  stridesIn: 1,
  biasBeforeNorm: true,
  biasElsewhere: true,
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
      biasBeforeNorm: false,
      stemNorm: false,
      colours: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    },
  },
}

const residualStages = ['layer1', 'layer2', 'layer3', 'layer4'] as const
const expansion = { basic: 1, bottleneck: 4 } as const

export interface NetworkOptions {
  readonly architecture: Architecture
  readonly flavour?: Flavour
  /** The last residual stage that is kept; null keeps them all. */
  readonly cut?: Cut | null
  /** Side of the square input in pixels: twice what the body sees where there are views. */
  readonly size: number
  readonly classes: number
  /** The body sees each of these of a picture, and the head all of them together. */
  readonly views?: readonly View[]
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
  views = [],
}: NetworkOptions): Network {
  const design = family[architecture]
  const style = styles[flavour][design.version]
  const inputShape = [size, size, 3] as const
  const add = new LayerList(inputShape, style.epsilon)
  const seen = views.length > 0 ? add.splitViews('input', 'views', views) : 'input'
  let x =
    design.stem === 'cifar' ? addCifarStem(add, seen, style) : addImagenetStem(add, seen, style)
  for (const block of blocksOf(design, style, cut)) {
    add.enter(block.stage, block.name)
    x = design.version === 'v2' ? addPreActivationBlock(add, x, block) : addBlock(add, x, block)
    add.enter(block.stage)
  }
  if (design.version === 'v2') x = add.normAndRelu(x, 'norm')
  add.enter('head')
  x = add.globalAveragePool(x, 'avgpool')
  if (views.length > 1) x = add.joinViews(x, 'joined', views)
  if (standardise) x = add.batchNorm(x, 'head_norm', { epsilon: 1e-5, affine: false })
  add.dense(x, 'fc', classes)
  const { colours } = style
  const { layers } = add
  return { architecture, flavour, colours, cut, size, views, input: 'input', inputShape, layers }
}

function addImagenetStem(add: LayerList, input: string, style: Style) {
  const bias = style.stemNorm ? style.biasBeforeNorm : style.biasElsewhere
  const x = style.inputNorm ? add.batchNorm(input, 'bn_data') : input
  const y = add.convolution(x, 'conv1', { kernel: 7, filters: 64, stride: 2, bias })
  const z = style.stemNorm ? add.relu(add.batchNorm(y, 'bn1'), 'relu') : y
  return add.maxPool(z, 'maxpool', 3)
}

function addCifarStem(add: LayerList, input: string, { biasBeforeNorm: bias }: Style) {
  const y = add.convolution(input, 'conv1', { kernel: 3, filters: 16, bias })
  return add.relu(add.batchNorm(y, 'bn1'), 'relu')
}

interface Block {
  readonly stage: Stage
  readonly name: string
  readonly stride: number
  /** Output channels. */
  readonly filters: number
  readonly convolutions: readonly Convolution[]
  /** Shortcut where shapes differ: this projection (option B), or null for padding (option A). */
  readonly projection: Convolution | null
}

/** The blocks of all stages that are kept, in order. */
function blocksOf(design: Design, style: Style, cut: Cut | null): Block[] {
  const stages = residualStages.slice(0, design.blocks.length)
  const kept = cut ? stages.slice(0, stages.indexOf(cut) + 1) : stages
  return kept.flatMap((stage, depth) => {
    const count = design.blocks[depth]!
    const width = (design.stem === 'cifar' ? 16 : 64) * 2 ** depth
    return Array.from({ length: count }, (_, i) => {
      const halves =
        style.halves === 'entering'
          ? i === 0 && depth > 0
          : i === count - 1 && depth < stages.length - 1
      const position = { stage, name: `${stage}.${i}`, stride: halves ? 2 : 1 }
      return { ...position, ...branches(design, style, { width, stride: position.stride }) }
    })
  })
}

/** The 3 x 3 pair of a basic block, or 1 x 1, 3 x 3, 1 x 1 of a bottleneck; and the projection. */
function branches(
  design: Design,
  style: Style,
  { width, stride }: { width: number; stride: number },
): Pick<Block, 'filters' | 'convolutions' | 'projection'> {
  const filters = width * expansion[design.block]
  const inner = { filters: width, bias: style.biasBeforeNorm }
  // In v2 each norm comes before its convolution, not after.
  const outer = { filters, bias: design.version === 'v2' ? style.biasElsewhere : inner.bias }
  const kernels = design.block === 'basic' ? [3, 3] : [1, 3, 1]
  const strided = design.block === 'basic' ? 0 : style.stridesIn - 1
  const convolutions = kernels.map((kernel, i) => ({
    kernel,
    stride: i === strided ? stride : 1,
    ...(i === kernels.length - 1 ? outer : inner),
  }))
  const projection = design.stem === 'cifar' ? null : { ...outer, kernel: 1, stride }
  return { filters, convolutions, projection }
}

/** y = relu(F(x) + shortcut(x)): He et al. 2015, figure 5. */
function addBlock(add: LayerList, x: string, block: Block) {
  const { name, stride, filters, convolutions, projection } = block
  let y = x
  for (const [i, convolution] of convolutions.entries()) {
    const [norm, startsAtZero] = [`${name}.bn${i + 1}`, i === convolutions.length - 1]
    y = add.convolution(y, `${name}.conv${i + 1}`, convolution)
    y = startsAtZero ? add.batchNorm(y, norm, { startsAtZero }) : add.normAndRelu(y, norm)
  }
  const isIdentity = stride === 1 && add.channels(x) === filters
  let shortcut = x
  if (!isIdentity && projection) {
    shortcut = add.convolution(x, `${name}.downsample.0`, projection)
    shortcut = add.batchNorm(shortcut, `${name}.downsample.1`)
  } else if (!isIdentity) shortcut = add.paddingShortcut(x, `${name}.shortcut`, block)
  return add.relu(add.sum(y, shortcut, `${name}.add`), `${name}.relu`)
}

/** y = F(norm, relu(x)) + shortcut: He et al. 2016, figure 1b; a projection takes the activated x. */
function addPreActivationBlock(add: LayerList, x: string, block: Block) {
  const { name, stride, filters, convolutions, projection } = block
  const activated = add.normAndRelu(x, `${name}.bn1`)
  let y = activated
  for (const [i, convolution] of convolutions.entries()) {
    if (i > 0) y = add.normAndRelu(y, `${name}.bn${i + 1}`)
    y = add.convolution(y, `${name}.conv${i + 1}`, convolution)
  }
  let shortcut = x
  if (projection && add.channels(x) !== filters)
    shortcut = add.convolution(activated, `${name}.downsample.0`, projection)
  else if (stride > 1) shortcut = add.maxPool(x, `${name}.shortcut`, 1)
  return add.sum(y, shortcut, `${name}.add`)
}
