// A folded network gives the unfolded one's output; a block whose last norm is zero is its shortcut.
import { expect, it } from 'vitest'
import { openInference } from '../../../../main/engine/tensorflow/inference'
import { packPixels } from '../../../../main/engine/tensorflow/input'
import { openTrainer } from '../../../../main/engine/tensorflow/trainer'
import { buildNetwork } from '../../../../main/engine/network/family'
import { residualBlocks } from '../../../../main/engine/network/residual'
import { goldenTensors } from '../../../../main/engine/network/generated'
import { foldBatchNorms } from '../../../../main/engine/network/fold'
import { initialise } from '../../../../main/engine/weights/initialise'
import type { Network } from '../../../../main/engine/network/layers'
import type { Tensors } from '../../../../main/engine/network/tensor'
import {
  noise,
  headTraining,
  plainTraining,
  relativeError,
  smallNetwork,
} from '../graph/smallNetworks'

async function infer(network: Network, tensors: Tensors, values: Float32Array) {
  const inference = await openInference({ network, tensors, precision: 'float32', input: 'values' })
  const result = inference.run(
    { values },
    values.length / network.inputShape.reduce((a, b) => a * b, 1),
  )
  inference.dispose()
  return result
}

it.each([
  ['resnet18', 64],
  ['resnet18v2', 64],
  ['resnet20', 32],
] as const)('%s folded is %s unfolded', async (architecture, size) => {
  const { network, tensors } = smallNetwork(architecture, size)
  const input = noise(3, size)
  const trainer = await openTrainer({ ...plainTraining, network, tensors, trains: ['head'] })
  const expected = trainer.evaluate(input, 3)
  trainer.dispose()
  expect(relativeError(await infer(network, tensors, input.values), expected)).toBeLessThan(1e-4)
  const folded = foldBatchNorms(network, tensors)
  const norms = folded.network.layers.filter(({ kind }) => kind === 'batchNorm').length
  if (architecture !== 'resnet18v2') expect(norms).toBe(0)
  else expect(norms).toBeLessThan(network.layers.filter(({ kind }) => kind === 'batchNorm').length)
})

it('a standardising head folds into its dense layer', async () => {
  const network = buildNetwork({
    architecture: 'resnet20',
    size: 32,
    classes: 3,
    standardise: true,
  })
  const values = smallNetwork('resnet20').tensors
  const tensors = new Map([
    ...values,
    ['head_norm.running_mean', { shape: [64], data: new Float32Array(64).fill(0.5) }],
    ['head_norm.running_var', { shape: [64], data: new Float32Array(64).fill(0.04) }],
  ])
  const trainer = await openTrainer({ ...headTraining, network, tensors })
  const expected = trainer.evaluate(noise(2), 2)
  trainer.dispose()
  const result = await infer(network, tensors, noise(2).values)
  expect(relativeError(result, expected)).toBeLessThan(1e-4)
  expect(
    relativeError(result, await infer(smallNetwork('resnet20').network, values, noise(2).values)),
  ).toBeGreaterThan(0.1)
})

it('a fresh residual block is the identity, whatever its first convolution holds', async () => {
  const network = buildNetwork({ architecture: 'resnet18', size: 32, classes: 3 })
  const tensors = initialise(network, 1)
  const upTo = (name: string): Network => ({
    ...network,
    layers: network.layers.slice(0, network.layers.findIndex((layer) => layer.name === name) + 1),
  })
  const { values } = noise(2)
  const before = await infer(upTo('layer1.0.relu'), tensors, values)
  expect(before.some((value) => value > 0.1)).toBe(true)
  expect(relativeError(await infer(upTo('layer1.1.relu'), tensors, values), before)).toBeLessThan(
    1e-6,
  )
  const other = initialise(network, 2).get('layer1.1.conv1.weight')!
  const changed = new Map([...tensors, ['layer1.1.conv1.weight', other]])
  expect(relativeError(await infer(upTo('layer1.1.relu'), changed, values), before)).toBeLessThan(
    1e-6,
  )
  const awake = new Map([
    ...tensors,
    ['layer1.1.bn2.weight', { shape: [64], data: new Float32Array(64).fill(1) }],
  ])
  expect(relativeError(await infer(upTo('layer1.1.relu'), awake, values), before)).toBeGreaterThan(
    0.01,
  )
})

it.each([
  ['resnet20', 32],
  ['resnet50', 32],
  ['resnet18v2', 32],
] as const)(
  '%s: fresh, it is its shortcuts; a block switched off is its shortcut',
  async (architecture, size) => {
    const network = buildNetwork({ architecture, size, classes: 3 })
    const open = (tensors: Tensors) =>
      openInference({ network, tensors, precision: 'float32', input: 'values' })
    const input = noise(2, size)
    const trained = goldenTensors(network, 0)
    const inference = await open(trained)
    const whole = inference.run(input, 2)
    const [first, ...others] = residualBlocks(network)
    inference.switchOff([first!])
    const without = inference.run(input, 2)
    expect(relativeError(without, whole)).toBeGreaterThan(1e-3)
    // The same as a last layer of zeros in the network that was not folded.
    const last = network.layers.find(({ name }) => name === `${first}.add`)!.inputs[0]!
    const zeros = new Map(trained)
    for (const suffix of ['weight', 'bias']) {
      const tensor = trained.get(`${last}.${suffix}`)
      if (tensor)
        zeros.set(`${last}.${suffix}`, { ...tensor, data: new Float32Array(tensor.data.length) })
    }
    const reference = await open(zeros)
    expect(relativeError(without, reference.run(input, 2))).toBeLessThan(1e-5)
    reference.dispose()
    inference.switchOff([])
    expect([...inference.run(input, 2)]).toEqual([...whole])
    inference.dispose()
    if (network.layers.some((layer) => layer.kind === 'batchNorm' && layer.startsAtZero)) {
      const fresh = await open(initialise(network, 1))
      const atStart = fresh.run(input, 2)
      fresh.switchOff([first!, ...others])
      expect(relativeError(fresh.run(input, 2), atStart)).toBeLessThan(1e-6)
      fresh.dispose()
    }
  },
)

it('bytes and their normalised values give the same', async () => {
  const { network, tensors } = smallNetwork('resnet20')
  const pixels = Uint8Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => (i * 37) % 256)
  const [mean, deviation] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ]
  const values = Float32Array.from(
    pixels,
    (value, i) => (value / 255 - mean[i % 3]!) / deviation[i % 3]!,
  )
  const inference = await openInference({ network, tensors, precision: 'float32', input: 'pixels' })
  const result = inference.run({ pixels }, 2)
  inference.dispose()
  expect(inference.outputLength).toBe(3)
  expect(relativeError(result, await infer(network, tensors, values))).toBeLessThan(1e-5)
})

it('packing copies only what does not line up, and refuses odd sizes', () => {
  const whole = new Uint8Array(16)
  expect(packPixels(whole, 1).buffer).toBe(whole.buffer)
  const shifted = Uint8Array.from({ length: 16 }, (_, i) => i).subarray(1, 13)
  expect([...new Uint8Array(packPixels(shifted, 1).buffer)]).toEqual([...shifted])
  expect(() => packPixels(new Uint8Array(27), 1)).toThrow(RangeError)
})
