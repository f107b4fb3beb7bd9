// Tells which ResNet a set of tensors belongs to, from names and shapes alone: the kind of block,
// the number of blocks in each stage, the stem, and where the batch norms stand. What cannot be
// told is refused with the reason; it is never guessed from a file's name.
import { Failure } from '../../../shared/failure'
import type { Architecture, Cut } from '../../../shared/network'
import { toTorchvisionNames } from './nameMap'
import type { Tensor } from './tensor'

export interface IdentifiedWeights {
  readonly architecture: Architecture
  /** The last stage that is there. */
  readonly cut: Cut
  readonly hasHead: boolean
  /** Rows of fc.weight; null without a head. */
  readonly classes: number | null
}

type Block = 'basic' | 'bottleneck'

interface Layout {
  readonly block: Block
  /** Output channels of the stem and inner width of layer1's blocks. */
  readonly width: number
  /** Blocks of each stage, all stages of the whole network. */
  readonly blocks: readonly number[]
}

// He et al. 2015, table 1 (ImageNet) and section 4.2 (CIFAR: 6n + 2 layers in three stages).
const layouts = {
  resnet18: { block: 'basic', width: 64, blocks: [2, 2, 2, 2] },
  resnet34: { block: 'basic', width: 64, blocks: [3, 4, 6, 3] },
  resnet50: { block: 'bottleneck', width: 64, blocks: [3, 4, 6, 3] },
  resnet101: { block: 'bottleneck', width: 64, blocks: [3, 4, 23, 3] },
  resnet152: { block: 'bottleneck', width: 64, blocks: [3, 8, 36, 3] },
  resnet20: { block: 'basic', width: 16, blocks: [3, 3, 3] },
  resnet32: { block: 'basic', width: 16, blocks: [5, 5, 5] },
  resnet44: { block: 'basic', width: 16, blocks: [7, 7, 7] },
  resnet56: { block: 'basic', width: 16, blocks: [9, 9, 9] },
  resnet110: { block: 'basic', width: 16, blocks: [18, 18, 18] },
} as const satisfies Partial<Record<Architecture, Layout>>

type Base = keyof typeof layouts

const batchNorm = '(weight|bias|running_mean|running_var)'
const knownNames = [
  /^conv1\.weight$/,
  new RegExp(`^(bn_data|bn1|norm)\\.${batchNorm}$`),
  new RegExp(`^layer[1-4]\\.\\d{1,2}\\.(conv[123]\\.weight|bn[123]\\.${batchNorm})$`),
  new RegExp(`^layer[1-4]\\.\\d{1,2}\\.downsample\\.(0\\.weight|1\\.${batchNorm})$`),
  /^(fc|head)\./,
]

/**
 * Cut so low that several networks are the same up to there, the smallest of them is named.
 * `path` is only for the message. Throws weights-architecture.
 */
export function identifyWeights(
  tensors: ReadonlyMap<string, Tensor>,
  path = 'the file',
): IdentifiedWeights {
  const named = toTorchvisionNames(tensors)
  const refuse = (reason: string) => new Failure('weights-architecture', { path, reason })

  for (const name of named.keys()) {
    if (!knownNames.some((pattern) => pattern.test(name)))
      throw refuse(`${name.slice(0, 80)} is in no ResNet`)
  }
  const stem = named.get('conv1.weight')?.shape.join('x')
  if (stem !== '64x3x7x7' && stem !== '16x3x3x3') {
    throw refuse(stem ? `the first convolution is ${stem}` : 'conv1.weight is missing')
  }
  const block: Block = named.has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic'
  const blocks = blocksOfStages(named)
  if (!blocks) throw refuse('its blocks are not numbered in order')
  const width = stem === '16x3x3x3' ? 16 : 64
  checkWidths(named, { block, blocks, width, refuse })

  const base = findLayout({ block, width, blocks })
  if (!base) throw refuse(`no ${block} ResNet has ${blocks.join(', ')} blocks in its stages`)
  const head = named.get('fc.weight')
  if (head && head.shape.length !== 2) throw refuse('fc.weight is no matrix')
  return {
    architecture: withVersion(base, named, refuse),
    cut: `layer${blocks.length}` as Cut, // one to four: blocksOfStages and knownNames see to it
    hasHead: head !== undefined,
    classes: head?.shape[0] ?? null,
  }
}

function blocksOfStages(tensors: ReadonlyMap<string, Tensor>): readonly number[] | undefined {
  const found: Set<number>[] = []
  for (const name of tensors.keys()) {
    const match = /^layer(\d)\.(\d+)\./.exec(name)
    if (match) (found[Number(match[1]) - 1] ??= new Set()).add(Number(match[2]))
  }
  const stages = Array.from(found) // holes become undefined, where every() would pass them over
  const inOrder =
    stages.length > 0 &&
    stages.every((stage) => stage !== undefined && Math.max(...stage) === stage.size - 1)
  return inOrder ? stages.map((stage) => stage.size) : undefined
}

interface Widths extends Layout {
  readonly refuse: (reason: string) => Failure
}

// Wide ResNets and ResNeXt share every name with a ResNet; only their widths tell them apart.
function checkWidths(
  tensors: ReadonlyMap<string, Tensor>,
  { block, blocks, width, refuse }: Widths,
) {
  blocks.forEach((count, stage) => {
    const inner = width * 2 ** stage
    for (let index = 0; index < count; index++) {
      const prefix = `layer${stage + 1}.${index}`
      const first = tensors.get(`${prefix}.conv1.weight`)?.shape
      const second = tensors.get(`${prefix}.conv2.weight`)?.shape
      if (!first || !second) throw refuse(`${prefix} is incomplete`)
      if (first[0] !== inner || second[0] !== inner)
        throw refuse(`${prefix} is ${first[0]} wide, not ${inner}`)
      if (second[1] !== inner) throw refuse(`${prefix} has grouped convolutions`)
      if (tensors.has(`${prefix}.conv3.weight`) !== (block === 'bottleneck')) {
        throw refuse('it mixes kinds of blocks')
      }
      if (width === 16 && tensors.has(`${prefix}.downsample.0.weight`)) {
        throw refuse(`${prefix} has a projection shortcut, which the CIFAR family has not`)
      }
    }
  })
}

function findLayout({ block, width, blocks }: Layout): Base | undefined {
  return (Object.keys(layouts) as Base[]).find((name) => {
    const layout: Layout = layouts[name]
    return (
      layout.block === block &&
      layout.width === width &&
      blocks.every((count, stage) => count === layout.blocks[stage])
    )
  })
}

function withVersion(
  base: Base,
  tensors: ReadonlyMap<string, Tensor>,
  refuse: (reason: string) => Failure,
): Architecture {
  if (!isPreActivation(tensors)) return base
  switch (base) {
    case 'resnet18':
    case 'resnet34':
    case 'resnet50':
    case 'resnet101':
    case 'resnet152':
      return `${base}v2`
    default:
      throw refuse(`no pre-activation ${base} is known`)
  }
}

// He et al. 2016: a block's first norm stands before its convolution and has the input's size.
function isPreActivation(tensors: ReadonlyMap<string, Tensor>): boolean {
  if (tensors.has('bn_data.weight') || tensors.has('norm.weight')) return true
  for (const [name, { shape }] of tensors) {
    const block = /^(layer\d\.\d+)\.conv1\.weight$/.exec(name)?.[1]
    if (!block || shape[0] === shape[1]) continue
    const norm = tensors.get(`${block}.bn1.weight`)
    if (norm) return norm.shape[0] === shape[1]
  }
  return false
}
