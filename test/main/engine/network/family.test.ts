// The family as published: how many parameters, which shapes, where a network is cut and split.
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../../main/engine/network/family'
import { networkParameters, splitNetwork } from '../../../../main/engine/network/layers'
import { elementCount } from '../../../../main/engine/network/tensor'
import { pictureOf } from '../../../../main/engine/network/networkPicture'
import { architectures, stages, type Architecture } from '../../../../shared/network'

const build = (architecture: Architecture, classes = 1000, size = 224) =>
  buildNetwork({ architecture, size, classes })
const countTrained = (network: ReturnType<typeof build>) =>
  networkParameters(network).reduce(
    (sum, { shape, statistic }) => sum + (statistic ? 0 : elementCount(shape)),
    0,
  )
const shapeOf = (network: ReturnType<typeof build>, name: string) =>
  network.layers.find((layer) => layer.name === name)?.output

describe('parameters', () => {
  it.each([
    ['resnet18', 11_689_512],
    ['resnet34', 21_797_672],
    ['resnet50', 25_557_032],
    ['resnet101', 44_549_160],
    ['resnet152', 60_192_808],
  ] as const)('%s has the published number for 1000 classes', (architecture, expected) => {
    expect(countTrained(build(architecture))).toBe(expected)
  })

  it.each([
    // 6n + 2 weighted layers; option A shortcuts have none.
    ['resnet20', 269_722],
    ['resnet32', 464_154],
    ['resnet44', 658_586],
    ['resnet56', 853_018],
    ['resnet110', 1_727_962],
  ] as const)('%s has the published number for 10 classes', (architecture, expected) => {
    const network = build(architecture, 10, 32)
    expect(countTrained(network)).toBe(expected)
    expect(network.layers.some((layer) => layer.name.includes('downsample'))).toBe(false)
  })

  it.each(architectures)(
    '%s names each tensor and layer once and reads only what ran before',
    (architecture) => {
      const { layers, input } = build(architecture, 5, 64)
      const names = networkParameters(build(architecture, 5, 64)).map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      const seen = new Set([input])
      for (const layer of layers) {
        for (const name of layer.inputs) expect(seen).toContain(name)
        expect(seen.has(layer.name)).toBe(false)
        seen.add(layer.name)
      }
    },
  )
})

describe('shapes', () => {
  it('halve where a stage begins (He et al. 2015, table 1)', () => {
    const outputs = pictureOf(build('resnet50'), 1000).stages.map(({ stage, output }) => [
      stage,
      output,
    ])
    expect(outputs).toEqual([
      ['stem', [56, 56, 64]],
      ['layer1', [56, 56, 256]],
      ['layer2', [28, 28, 512]],
      ['layer3', [14, 14, 1024]],
      ['layer4', [7, 7, 2048]],
      ['head', [1, 1, 1000]],
    ])
  })

  it('round up for a size that does not divide', () => {
    expect(shapeOf(build('resnet18', 3, 100), 'maxpool')).toEqual([25, 25, 64])
    expect(shapeOf(build('resnet18', 3, 100), 'layer4.1.relu')).toEqual([4, 4, 512])
  })

  it('a bottleneck strides in its 3 x 3 convolution', () => {
    const [block] = pictureOf(build('resnet50'), 10).stages[2]!.blocks
    expect(
      block!.convolutions
        .filter(({ name }) => !name.includes('downsample'))
        .map(({ kernel, stride }) => [kernel, stride]),
    ).toEqual([
      [1, 1],
      [3, 2],
      [1, 1],
    ])
  })
})

describe('the flavour of keras.applications', () => {
  const keras = (architecture: Architecture, size = 224) =>
    buildNetwork({ architecture, flavour: 'keras', size, classes: 1000 })
  const strided = (network: ReturnType<typeof build>) =>
    network.layers.flatMap((layer) => ('stride' in layer && layer.stride === 2 ? [layer.name] : []))

  it.each([
    // As Keras counts: the running statistics too.
    ['resnet50', 25_636_712],
    ['resnet101', 44_707_176],
    ['resnet152', 60_419_944],
    ['resnet50v2', 25_613_800],
    ['resnet101v2', 44_675_560],
    ['resnet152v2', 60_380_648],
  ] as const)('%s has as many values as Keras gives it', (architecture, expected) => {
    const values = networkParameters(keras(architecture)).map(({ shape }) => elementCount(shape))
    expect(values.reduce((sum, count) => sum + count)).toBe(expected)
  })

  it('v1: a stage is entered by a strided 1 x 1 convolution, as in the paper', () => {
    expect(strided(keras('resnet50'))).toEqual([
      'conv1',
      'maxpool',
      ...['layer2', 'layer3', 'layer4'].flatMap((stage) => [
        `${stage}.0.conv1`,
        `${stage}.0.downsample.0`,
      ]),
    ])
  })

  it('v2: a stage is left by its last block, whose shortcut is picked out by a pool', () => {
    expect(strided(keras('resnet50v2'))).toEqual([
      'conv1',
      'maxpool',
      ...['layer1.2', 'layer2.3', 'layer3.5'].flatMap((block) => [
        `${block}.conv2`,
        `${block}.shortcut`,
      ]),
    ])
    const outputs = pictureOf(keras('resnet50v2'), 1000).stages.map(({ output }) => output)
    expect(outputs.map(([height]) => height)).toEqual([56, 28, 14, 7, 7, 1])
  })

  it('biases: everywhere in v1; in v2 where no batch norm follows', () => {
    const withBias = (architecture: Architecture) =>
      keras(architecture).layers.flatMap((layer) =>
        layer.kind === 'convolution' && layer.bias ? [layer.name] : [],
      )
    expect(withBias('resnet50')).toHaveLength(53)
    // The first convolution, and what is added up at the end of each block.
    const blocks = [3, 4, 6, 3].flatMap((count, stage) =>
      Array.from({ length: count }, (_, block) => [`layer${stage + 1}.${block}`, block] as const),
    )
    const added = blocks.flatMap(([block, at]) =>
      at === 0 ? [`${block}.conv3`, `${block}.downsample.0`] : [`${block}.conv3`],
    )
    expect(withBias('resnet50v2').sort()).toEqual(['conv1', ...added].sort())
  })

  it('has its own epsilon and colours', () => {
    for (const architecture of ['resnet50', 'resnet50v2'] as const) {
      const epsilons = keras(architecture).layers.flatMap((layer) =>
        layer.kind === 'batchNorm' ? [layer.epsilon] : [],
      )
      expect(new Set(epsilons)).toEqual(new Set([1.001e-5]))
    }
    const { mean, deviation } = keras('resnet50').colours
    expect(mean.map((value) => value * 255)).toEqual([123.68, 116.779, 103.939])
    expect(deviation.map((value) => value * 255)).toEqual([1, 1, 1])
    expect(keras('resnet50v2').colours).toEqual({
      mean: [0.5, 0.5, 0.5],
      deviation: [0.5, 0.5, 0.5],
    })
    expect(build('resnet50').colours.mean).toEqual([0.485, 0.456, 0.406])
  })
})

describe('cut and split', () => {
  it('a cut keeps the stages up to it and a head of its width', () => {
    const network = buildNetwork({ architecture: 'resnet18', cut: 'layer2', size: 224, classes: 4 })
    expect([...new Set(network.layers.map(({ stage }) => stage))]).toEqual([
      'stem',
      'layer1',
      'layer2',
      'head',
    ])
    expect(networkParameters(network).find(({ name }) => name === 'fc.weight')!.shape).toEqual([
      4, 128,
    ])
  })

  it('a cut v2 network still ends in a norm, of the last stage kept', () => {
    const network = buildNetwork({
      architecture: 'resnet50v2',
      cut: 'layer3',
      size: 224,
      classes: 2,
    })
    expect(network.layers.find(({ name }) => name === 'norm')).toMatchObject({
      stage: 'layer3',
      output: [14, 14, 1024],
    })
  })

  it('the head alone: the pool stays below, so features are one row a photo', () => {
    const { below, above } = splitNetwork(build('resnet18', 3), 'head')
    expect(below.layers[below.layers.length - 1]!.name).toBe('avgpool')
    expect(above).toMatchObject({ input: 'avgpool', inputShape: [1, 1, 512] })
    expect(above.layers.map(({ name }) => name)).toEqual(['fc'])
  })

  it.each(['layer1', 'layer2', 'layer3', 'layer4', 'head'] as const)(
    '%s: the parts are the whole, and above reads nothing below but its input',
    (stage) => {
      for (const architecture of ['resnet50', 'resnet18v2'] as const) {
        const whole = build(architecture, 3)
        const { below, above } = splitNetwork(whole, stage)
        expect([...below.layers, ...above.layers]).toEqual(whole.layers)
        const known = new Set([above.input, ...above.layers.map(({ name }) => name)])
        for (const layer of above.layers)
          for (const name of layer.inputs) expect(known).toContain(name)
        const [top, bottom] = [above, below].map(({ layers }) =>
          layers.filter(({ kind }) => kind !== 'globalAveragePool'),
        )
        const at = stages.indexOf(stage)
        expect(new Set(top!.map((layer) => layer.stage))).toEqual(new Set(stages.slice(at)))
        expect(new Set(bottom!.map((layer) => layer.stage))).toEqual(new Set(stages.slice(0, at)))
      }
    },
  )
})
