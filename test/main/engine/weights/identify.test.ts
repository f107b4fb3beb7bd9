import { describe, expect, it } from 'vitest'
import { identifyWeights } from '../../../../main/engine/weights/identify'
import { readWeights } from '../../../../main/engine/weights/readWeights'
import type { Tensor } from '../../../../main/engine/weights/tensor'
import { Failure } from '../../../../shared/failure'
import { pretrained, withoutPretrained } from './pretrained'

interface Sketch {
  readonly bottleneck?: boolean
  readonly width?: number
  readonly preActivation?: boolean
  readonly classes?: number
}

/** Names and shapes of a ResNet; the values do not matter here. */
function sketch(
  blocks: readonly number[],
  { bottleneck = false, width = 64, preActivation = false, classes }: Sketch = {},
) {
  const tensors = new Map<string, Tensor>()
  const add = (name: string, ...shape: number[]) =>
    tensors.set(name, { shape, data: new Float32Array(0) })
  add('conv1.weight', width, 3, ...(width === 16 ? [3, 3] : [7, 7]))
  add('bn1.weight', width)
  let input = width
  blocks.forEach((count, stage) => {
    const inner = width * 2 ** stage
    const output = bottleneck ? inner * 4 : inner
    for (let index = 0; index < count; index++) {
      const block = `layer${stage + 1}.${index}`
      add(`${block}.bn1.weight`, preActivation ? input : inner)
      if (bottleneck) {
        add(`${block}.conv1.weight`, inner, input, 1, 1)
        add(`${block}.conv2.weight`, inner, inner, 3, 3)
        add(`${block}.conv3.weight`, output, inner, 1, 1)
      } else {
        add(`${block}.conv1.weight`, inner, input, 3, 3)
        add(`${block}.conv2.weight`, inner, inner, 3, 3)
      }
      if (index === 0 && input !== output && width !== 16)
        add(`${block}.downsample.0.weight`, output, input, 1, 1)
      input = output
    }
  })
  if (classes !== undefined) add('fc.weight', classes, input)
  return tensors
}

const reasonOf = (tensors: ReadonlyMap<string, Tensor>) => {
  try {
    identifyWeights(tensors, 'x.pth')
  } catch (error) {
    if (error instanceof Failure && error.code === 'weights-architecture')
      return error.details.reason
    throw error
  }
  return 'it was accepted'
}

describe('identifyWeights', () => {
  it.each([
    ['resnet18', [2, 2, 2, 2], {}],
    ['resnet34', [3, 4, 6, 3], {}],
    ['resnet50', [3, 4, 6, 3], { bottleneck: true }],
    ['resnet101', [3, 4, 23, 3], { bottleneck: true }],
    ['resnet152', [3, 8, 36, 3], { bottleneck: true }],
    ['resnet18v2', [2, 2, 2, 2], { preActivation: true }],
    ['resnet50v2', [3, 4, 6, 3], { bottleneck: true, preActivation: true }],
    ['resnet20', [3, 3, 3], { width: 16 }],
    ['resnet56', [9, 9, 9], { width: 16 }],
    ['resnet110', [18, 18, 18], { width: 16 }],
  ] as const)('%s', (architecture, blocks, options) => {
    const cut = `layer${blocks.length}`
    expect(identifyWeights(sketch(blocks, { ...options, classes: 7 }))).toEqual({
      architecture,
      cut,
      hasHead: true,
      classes: 7,
    })
    expect(identifyWeights(sketch(blocks, options))).toEqual({
      architecture,
      cut,
      hasHead: false,
      classes: null,
    })
  })

  it.each([
    ['resnet18', 'layer2', [2, 2], {}],
    ['resnet101', 'layer3', [3, 4, 23], { bottleneck: true }],
    ['resnet152', 'layer2', [3, 8], { bottleneck: true }],
    // resnet50, 101 and 152 are one and the same up to layer1.
    ['resnet50', 'layer1', [3], { bottleneck: true }],
  ] as const)('%s cut at %s', (...row) => {
    const [architecture, cut, blocks, options] = row
    expect(identifyWeights(sketch(blocks, options))).toMatchObject({ architecture, cut })
  })

  it('refuses what is no ResNet of these, with the reason', () => {
    const plain = () => sketch([2, 2, 2, 2])
    const named = (name: string, ...shape: number[]) =>
      plain().set(name, { shape, data: new Float32Array(0) })
    const without = (name: string) => {
      const tensors = plain()
      tensors.delete(name)
      return tensors
    }
    expect(reasonOf(new Map())).toBe('conv1.weight is missing')
    expect(reasonOf(sketch([2, 3, 2, 2]))).toBe(
      'no basic ResNet has 2, 3, 2, 2 blocks in its stages',
    )
    expect(reasonOf(sketch([3, 4, 7, 3], { bottleneck: true }))).toMatch(/no bottleneck ResNet/)
    expect(reasonOf(named('layer1.0.se.fc1.weight', 4, 64))).toBe(
      'layer1.0.se.fc1.weight is in no ResNet',
    )
    expect(reasonOf(named('conv1.weight', 32, 3, 3, 3))).toBe('the first convolution is 32x3x3x3')
    expect(reasonOf(named('layer2.0.conv1.weight', 256, 64, 3, 3))).toBe(
      'layer2.0 is 256 wide, not 128',
    )
    expect(reasonOf(named('layer2.0.conv2.weight', 128, 4, 3, 3))).toBe(
      'layer2.0 has grouped convolutions',
    )
    expect(reasonOf(named('layer1.7.conv1.weight', 64, 64, 3, 3))).toBe(
      'its blocks are not numbered in order',
    )
    expect(reasonOf(without('layer3.1.conv2.weight'))).toBe('layer3.1 is incomplete')
    expect(reasonOf(named('layer3.1.conv3.weight', 256, 256, 1, 1))).toBe(
      'it mixes kinds of blocks',
    )
    const holed = new Map([...plain()].filter(([name]) => !name.startsWith('layer2')))
    expect(reasonOf(holed)).toBe('its blocks are not numbered in order')
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
      cut,
      hasHead: classes !== null,
      classes,
    })
  })
})
