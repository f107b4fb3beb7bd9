// Fresh weights: their distribution, their zeros, and that a seed repeats them.
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../../main/engine/network/family'
import { initialise } from '../../../../main/engine/weights/initialise'

describe('starting values', () => {
  const network = buildNetwork({ architecture: 'resnet50', size: 64, classes: 3 })
  const tensors = initialise(network, 7)

  it('the last batch norm of each residual block starts at zero, every other at one', () => {
    const weights = network.layers
      .filter(({ kind }) => kind === 'batchNorm')
      .map(({ name }) => name)
    for (const name of weights) {
      const expected = /^layer.*\.bn3$/.test(name) ? 0 : 1
      expect(
        tensors.get(`${name}.weight`)!.data.every((value) => value === expected),
        name,
      ).toBe(true)
    }
  })

  it('convolutions have the deviation of fan out', () => {
    const { data } = tensors.get('layer3.1.conv2.weight')!
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length)
    expect(deviation / Math.sqrt(2 / (256 * 9))).toBeCloseTo(1, 2)
  })

  it('repeat from a seed and differ with it; given tensors are kept', () => {
    const given = { shape: [3], data: Float32Array.of(1, 2, 3) }
    const again = initialise(network, 7, new Map([['fc.bias', given]]))
    expect(again.get('conv1.weight')).toEqual(tensors.get('conv1.weight'))
    expect(again.get('fc.bias')).toBe(given)
    expect(initialise(network, 8).get('conv1.weight')).not.toEqual(tensors.get('conv1.weight'))
  })
})
