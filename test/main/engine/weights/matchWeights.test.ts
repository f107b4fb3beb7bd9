import { describe, expect, it } from 'vitest'
import { matchWeights } from '../../../../main/engine/weights/matchWeights'
import { toTorchvisionNames } from '../../../../main/engine/weights/nameMap'
import type { Tensor } from '../../../../main/engine/network/tensor'

const tensor = (...shape: number[]): Tensor => ({ shape, data: new Float32Array(0) })
const found = new Map([
  ['conv1.weight', tensor(64, 3, 7, 7)],
  ['fc.weight', tensor(1000, 512)],
  ['extra', tensor(1)],
])

describe('matchWeights', () => {
  it('gives what was expected, in that order, and nothing else', () => {
    const matched = matchWeights(found, [
      { name: 'fc.weight', shape: [1000, 512] },
      { name: 'conv1.weight', shape: [64, 3, 7, 7] },
    ])
    expect([...matched.keys()]).toEqual(['fc.weight', 'conv1.weight'])
    expect(matched.get('fc.weight')).toBe(found.get('fc.weight'))
  })

  it('names the first tensor that disagrees, with both shapes', () => {
    const expected = [
      { name: 'conv1.weight', shape: [16, 3, 3, 3] },
      { name: 'gone', shape: [1] },
    ]
    expect(() => matchWeights(found, expected, { architecture: 'resnet20' })).toThrow(
      'conv1.weight has shape 64 x 3 x 7 x 7, but resnet20 needs 16 x 3 x 3 x 3',
    )
  })

  it('names a tensor that is missing', () => {
    expect(() => matchWeights(found, [{ name: 'bn1.weight', shape: [64] }])).toThrow(
      /bn1\.weight has shape none/,
    )
  })

  it('leaves out an optional tensor that is missing or of another shape', () => {
    const expected = [
      { name: 'fc.weight', shape: [3, 512] },
      { name: 'fc.bias', shape: [3] },
    ]
    expect(matchWeights(found, expected, { optional: ['fc.'] }).size).toBe(0)
  })
})

describe('toTorchvisionNames', () => {
  it('renames the CIFAR files and leaves the rest', () => {
    const names = [
      'conv1.weight',
      'linear.weight',
      'layer2.0.shortcut.0.weight',
      'layer1.0.linear.weight',
    ]
    expect([...toTorchvisionNames(new Map(names.map((name) => [name, tensor(1)]))).keys()]).toEqual(
      ['conv1.weight', 'fc.weight', 'layer2.0.downsample.0.weight', 'layer1.0.linear.weight'],
    )
  })
})
