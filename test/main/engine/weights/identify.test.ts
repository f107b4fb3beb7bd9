import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../../main/engine/network/family'
import { networkParameters } from '../../../../main/engine/network/layers'
import { pictureOf } from '../../../../main/engine/network/networkPicture'
import { identifyWeights } from '../../../../main/engine/weights/identify'
import { readWeights } from '../../../../main/engine/weights/formats/readWeights'
import type { Tensor } from '../../../../main/engine/network/tensor'
import { Failure } from '../../../../shared/failure'
import {
  architectures,
  type Architecture,
  type Cut,
  type Flavour,
} from '../../../../shared/network'
import { pretrained, withoutPretrained } from './pretrained'
import { describeReason, type Reason } from '../../../../shared/reason'

/** Names and shapes of a ResNet; the values do not matter here. */
function sketch(
  architecture: Architecture,
  { classes, ...options }: { flavour?: Flavour; cut?: Cut; classes?: number } = {},
) {
  const network = buildNetwork({ architecture, size: 64, classes: classes ?? 1, ...options })
  return new Map<string, Tensor>(
    networkParameters(network)
      .filter(({ stage }) => classes !== undefined || stage !== 'head')
      .map(({ name, shape }) => [name, { shape, data: new Float32Array(0) }]),
  )
}

/** What is said of weights that are refused. */
const refusalOf = (tensors: ReadonlyMap<string, Tensor>) => {
  try {
    identifyWeights(tensors, 'x.pth')
  } catch (error) {
    if (error instanceof Failure && error.code === 'weights-architecture')
      return describeReason(error.details.reason as Reason)
    if (error instanceof Failure && error.code === 'weights-mismatch') return error.message
    throw error
  }
  return 'it was accepted'
}

describe('identifyWeights', () => {
  it.each(architectures)('%s', (architecture) => {
    const stages = pictureOf(buildNetwork({ architecture, size: 64, classes: 1 }), 1).stages.length
    const cut = `layer${stages - 2}`
    const found = { architecture, flavour: 'standard', cut }
    expect(identifyWeights(sketch(architecture, { classes: 7 }))).toEqual({
      ...found,
      hasHead: true,
      classes: 7,
    })
    expect(identifyWeights(sketch(architecture))).toEqual({
      ...found,
      hasHead: false,
      classes: null,
    })
  })

  it.each([
    'resnet50',
    'resnet101',
    'resnet152',
    'resnet50v2',
    'resnet101v2',
    'resnet152v2',
  ] as const)('%s of Keras', (architecture) => {
    const tensors = sketch(architecture, { flavour: 'keras', classes: 1000 })
    expect(identifyWeights(tensors)).toMatchObject({ architecture, flavour: 'keras' })
  })

  it.each([
    ['resnet18', 'layer2', 'resnet18'],
    ['resnet101', 'layer3', 'resnet101'],
    ['resnet152', 'layer2', 'resnet152'],
    ['resnet50v2', 'layer3', 'resnet50v2'],
    // resnet50, 101 and 152 are one and the same up to layer1.
    ['resnet152', 'layer1', 'resnet50'],
  ] as const)('%s cut at %s', (...row) => {
    const [made, cut, architecture] = row
    expect(identifyWeights(sketch(made, { cut }))).toMatchObject({ architecture, cut })
  })

  it('refuses what is no ResNet of these, with the reason', () => {
    const plain = () => sketch('resnet18')
    const without = (pattern: RegExp) =>
      new Map([...plain()].filter(([name]) => !pattern.test(name)))
    const named = (name: string, ...shape: number[]) =>
      plain().set(name, { shape, data: new Float32Array(0) })
    expect(refusalOf(new Map())).toBe('its blocks are not numbered in order')
    expect(refusalOf(new Map([['features.0.weight', plain().get('conv1.weight')!]]))).toBe(
      'features.0.weight is in no ResNet',
    )
    expect(refusalOf(without(/^layer2\.1/))).toBe(
      'no basic ResNet of v1 has 2, 1, 2, 2 blocks in its stages',
    )
    expect(refusalOf(without(/^layer2/))).toBe('its blocks are not numbered in order')
    expect(refusalOf(named('layer1.7.conv1.weight', 64, 64, 3, 3))).toBe(
      'its blocks are not numbered in order',
    )
  })

  it('refuses a relative by the first tensor that differs, with both shapes', () => {
    const changed = (name: string, ...shape: number[]) =>
      sketch('resnet50', { classes: 9 }).set(name, { shape, data: new Float32Array(0) })
    expect(refusalOf(changed('layer1.0.conv2.weight', 64, 4, 3, 3))).toBe(
      'layer1.0.conv2.weight has shape 64 x 4 x 3 x 3, but resnet50 needs 64 x 64 x 3 x 3.',
    )
    expect(refusalOf(changed('layer1.0.se.fc1.weight', 4, 64))).toBe(
      'layer1.0.se.fc1.weight has shape 4 x 64, but resnet50 needs none of that name.',
    )
    expect(refusalOf(changed('fc.weight', 9, 4096))).toBe(
      'fc.weight has shape 9 x 4096, but resnet50 needs 9 x 2048.',
    )
    const holed = sketch('resnet50')
    holed.delete('layer3.1.bn2.running_var')
    expect(refusalOf(holed)).toBe(
      'layer3.1.bn2.running_var has shape none (it is missing), but resnet50 needs 256.',
    )
  })

  it.skipIf(withoutPretrained).each([
    ['resnet20-12fca82f.th', 'resnet20', 'layer3', 10],
    ['resnet32-d509ac18.th', 'resnet32', 'layer3', 10],
    ['resnet44-014dd654.th', 'resnet44', 'layer3', 10],
    ['resnet56-4bfd9763.th', 'resnet56', 'layer3', 10],
    ['starter-resnet18-to-layer3.safetensors', 'resnet18', 'layer3', null],
    ['resnet50v2-imagenet-to-layer3.safetensors', 'resnet50v2', 'layer3', null],
  ] as const)('%s', async (...row) => {
    const [file, architecture, cut, classes] = row
    const { tensors } = await readWeights(pretrained(file))
    expect(identifyWeights(tensors)).toEqual({
      architecture,
      flavour: 'standard',
      cut,
      hasHead: classes !== null,
      classes,
    })
  })
})
