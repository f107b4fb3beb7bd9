// Tells which ResNet a set of tensors belongs to, from names and shapes alone: the kind of block,
// the number of blocks in each stage, the stem, where the batch norms stand, and whether its
// convolutions have biases. The network so found is then held against every tensor of the file, so
// that a relative of the family (another stem, wider blocks, groups) is refused by the tensor that
// tells them apart; nothing is guessed from a file's name.
import { Failure } from '../../../shared/failure'
import { reason } from '../../../shared/reason'
import { architectures, type Architecture, type Cut, type Flavour } from '../../../shared/network'
import { buildNetwork, family, type Design } from '../network/family'
import { networkParameters } from '../network/layers'
import { matchWeights } from './matchWeights'
import { toTorchvisionNames } from './nameMap'
import { describeShape, type Tensor } from '../network/tensor'

export interface IdentifiedWeights {
  readonly architecture: Architecture
  readonly flavour: Flavour
  /** The last stage that is there. */
  readonly cut: Cut
  readonly hasHead: boolean
  /** Rows of fc.weight; null without a head. */
  readonly classes: number | null
}

type Tensors = ReadonlyMap<string, Tensor>

/**
 * Cut so low that several networks are the same up to there, the smallest of them is named.
 * `path` is only for the message. @throws {Failure} weights-architecture; weights-mismatch for the first
 * tensor that the network has in another shape, or not at all.
 */
export function identifyWeights(tensors: Tensors, path = 'the file'): IdentifiedWeights {
  const named = toTorchvisionNames(tensors)
  const blocks = blocksOfStages(named)
  const design = { ...kindOf(named), blocks: blocks ?? [] }
  const architecture = blocks && architectures.find((name) => begins(family[name], design))
  if (!architecture) {
    const { block, version } = design
    const cause = blocks
      ? reason('blocks-foreign', { block, version, blocks: blocks.join(', ') })
      : named.size > 0 && ![...named.keys()].some((name) => name.startsWith('layer'))
        ? reason('tensor-foreign', { name: [...named.keys()][0]!.slice(0, 80) })
        : reason('blocks-unordered')
    throw new Failure('weights-architecture', { path, reason: cause })
  }
  const head = named.get('fc.weight')
  const found = {
    architecture,
    flavour: flavourOf(named, design),
    cut: `layer${design.blocks.length}` as Cut, // one to four: blocksOfStages sees to it
    hasHead: head !== undefined,
    classes: head?.shape[0] ?? null,
  }
  checkTensors(named, found)
  return found
}

function kindOf(tensors: Tensors): Omit<Design, 'blocks'> {
  return {
    block: tensors.has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic',
    stem: tensors.get('conv1.weight')?.shape[0] === 16 ? 'cifar' : 'imagenet',
    version: isPreActivation(tensors) ? 'v2' : 'v1',
  }
}

/** Whether a network of the family begins with the stages that were found. */
const begins = (member: Design, { block, stem, version, blocks }: Design) =>
  member.block === block &&
  member.stem === stem &&
  member.version === version &&
  blocks.every((count, stage) => count === member.blocks[stage])

/** keras.applications has ResNets from 50 on, and is alone in giving convolutions biases. */
const flavourOf = (tensors: Tensors, { block }: Design): Flavour =>
  block === 'bottleneck' && tensors.has('conv1.bias') ? 'keras' : 'standard'

function blocksOfStages(tensors: Tensors): readonly number[] | undefined {
  const found: Set<number>[] = []
  for (const name of tensors.keys()) {
    const match = /^layer([1-4])\.(\d+)\./.exec(name)
    if (match) (found[Number(match[1]) - 1] ??= new Set()).add(Number(match[2]))
  }
  const stages = Array.from(found) // holes become undefined, where every() would pass them over
  const inOrder =
    stages.length > 0 &&
    stages.every((stage) => stage !== undefined && Math.max(...stage) === stage.size - 1)
  return inOrder ? stages.map((stage) => stage.size) : undefined
}

/** @throws {Failure} weights-mismatch for the first tensor whose name or shape differs */
function checkTensors(tensors: Tensors, { classes, ...found }: IdentifiedWeights) {
  const network = buildNetwork({ ...found, size: 32, classes: classes ?? 1 })
  const expected = networkParameters(network).filter(
    ({ stage }) => found.hasHead || stage !== 'head',
  )
  matchWeights(tensors, expected, { architecture: found.architecture })
  const known = new Set(expected.map(({ name }) => name))
  for (const [name, { shape }] of tensors) {
    if (known.has(name)) continue
    throw new Failure('weights-mismatch', {
      tensor: name.slice(0, 80),
      found: describeShape(shape),
      architecture: found.architecture,
      expected: reason('none-of-name'),
    })
  }
}

// He et al. 2016: a block's first norm stands before its convolution and has the input's size.
function isPreActivation(tensors: Tensors): boolean {
  if (tensors.has('bn_data.weight') || tensors.has('norm.weight')) return true
  for (const [name, { shape }] of tensors) {
    const block = /^(layer\d\.\d+)\.conv1\.weight$/.exec(name)?.[1]
    if (!block || shape[0] === shape[1]) continue
    const norm = tensors.get(`${block}.bn1.weight`)
    if (norm) return norm.shape[0] === shape[1]
  }
  return false
}
