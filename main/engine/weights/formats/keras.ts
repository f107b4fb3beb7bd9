// The weights of a keras.applications ResNet, under torchvision's names and in PyTorch's layout.
// Names: keras/src/applications/resnet.py. Version 1 networks see their pictures blue first; their
// first convolution is reversed here, so that every network of this app takes RGB.
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { readKerasLayers } from './hdf5'
import type { ParsedWeights } from './weightsFile'
import type { Tensor } from '../../network/tensor'

const layerNames: readonly (readonly [RegExp, string])[] = [
  [/^conv1_conv$/, 'conv1'],
  [/^conv1_bn$/, 'bn1'],
  [/^conv(\d)_block(\d+)_0_conv$/, 'downsample.0'],
  [/^conv(\d)_block(\d+)_0_bn$/, 'downsample.1'],
  [/^conv(\d)_block(\d+)_preact_bn$/, 'bn1'],
  [/^conv(\d)_block(\d+)_(\d)_conv$/, 'conv#'],
  [/^conv(\d)_block(\d+)_(\d)_bn$/, 'bn#'],
  [/^post_bn$/, 'norm'],
  // The classifier was called probs and fc1000 in Keras's earlier years.
  [/^(?:predictions|probs|fc1000)$/, 'fc'],
]
const variableNames: ReadonlyMap<string, string> = new Map([
  ['kernel', 'weight'],
  ['gamma', 'weight'],
  ['beta', 'bias'],
  ['bias', 'bias'],
  ['moving_mean', 'running_mean'],
  ['moving_variance', 'running_var'],
])

const shortestSuperblock = 48

/** `path` is only for messages. @throws {Failure} weights-format, weights-truncated, weights-architecture */
export async function parseKeras(bytes: Uint8Array, path: string): Promise<ParsedWeights> {
  const promised = promisedBytes(bytes)
  if (promised > bytes.length) {
    throw new Failure('weights-truncated', {
      path,
      reason: reason('bytes-missing', { found: bytes.length, expected: promised }),
    })
  }
  const layers = await readKerasLayers({ path, bytes })
  const blueFirst = layers.some(({ name }) => name === 'conv1_bn')
  const preActivation = layers.some(({ name }) => name === 'post_bn')
  const tensors = new Map<string, Tensor>()
  for (const { name, variables } of layers) {
    const layer = variables.size > 0 ? torchvisionLayer(name, preActivation) : undefined
    for (const [variable, tensor] of variables) {
      const suffix = variableNames.get(variable)
      if (!layer || !suffix) {
        const cause = reason('keras-foreign', { name: `${name}/${variable}`.slice(0, 80) })
        throw new Failure('weights-architecture', { path, reason: cause })
      }
      const turned = outputFirst(tensor)
      tensors.set(
        `${layer}.${suffix}`,
        blueFirst && name === 'conv1_conv' ? channelsReversed(turned) : turned,
      )
    }
  }
  return { tensors, metadata: {} }
}

/** conv3_block2_1_bn is layer2.1.bn1; where the first norm stands before, it is layer2.1.bn2. */
function torchvisionLayer(name: string, preActivation: boolean): string | undefined {
  for (const [pattern, target] of layerNames) {
    const match = pattern.exec(name)
    if (!match) continue
    const [, stage, block, step] = match
    const shift = preActivation && target === 'bn#' ? 1 : 0
    const inside = target.replace('#', String(Number(step) + shift))
    return stage ? `layer${Number(stage) - 1}.${Number(block) - 1}.${inside}` : inside
  }
  return undefined
}

/** Kernels: height x width x input x output to O I H W; input x output to O I. */
function outputFirst({ shape, data }: Tensor): Tensor {
  if (shape.length !== 4 && shape.length !== 2) return { shape, data }
  const [height, width, inputs, outputs] = [...Array(4 - shape.length).fill(1), ...shape] as [
    number,
    number,
    number,
    number,
  ]
  const space = height * width
  const turned = new Float32Array(data.length)
  for (let s = 0, at = 0; s < space; s++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) turned[(o * inputs + i) * space + s] = data[at++]!
  return {
    shape: shape.length === 2 ? [outputs, inputs] : [outputs, inputs, height, width],
    data: turned,
  }
}

/** O I H W with the inputs in the other order. */
function channelsReversed({ shape, data }: Tensor): Tensor {
  const [, inputs = 1, height = 1, width = 1] = shape
  const space = height * width
  const turned = data.map((_, at) => {
    const plane = Math.floor(at / space)
    const i = plane % inputs
    return data[at + (inputs - 1 - 2 * i) * space]!
  })
  return { shape, data: turned }
}

/** Where the file ends according to its superblock; 0 if it does not say. Format: HDF5, section II.A. */
function promisedBytes(head: Uint8Array): number {
  if (head.byteLength < shortestSuperblock) return shortestSuperblock
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const version = view.getUint8(8)
  if (version < 2) return view.getUint8(13) === 8 ? Number(view.getBigUint64(40, true)) : 0
  return view.getUint8(9) === 8 ? Number(view.getBigUint64(28, true)) : 0
}
