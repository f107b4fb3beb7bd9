// A training step: its gradients against finite differences of the loss, freezing, the update
// rules against their formulas.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTrainer, type Trainer } from '../../../../main/engine/tensorflow/trainer'
import { networkParameters } from '../../../../main/engine/network/layers'
import type { Tensors } from '../../../../main/engine/network/tensor'
import type { Stage } from '../../../../shared/network'
import { noise, headTraining, plainTraining, relativeError, smallNetwork } from './smallNetworks'

const { network, tensors } = smallNetwork('resnet20')
const batch = { input: noise(4), labels: Int32Array.of(0, 1, 2, 1) }
const still = { rate: 0, step: 1 }
const norm = (data: Float32Array) => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0))
const moved = (name: string, along: Float32Array, amount: number): Tensors => {
  const { shape, data } = tensors.get(name)!
  return new Map([
    ...tensors,
    [name, { shape, data: data.map((value, i) => value + amount * along[i]!) }],
  ])
}

describe.each([
  ['the batch', plainTraining.batchStatistics],
  ['kept', [] as Stage[]],
] as const)('gradients with %s statistics', (_, batchStatistics) => {
  let trainer: Trainer
  let after: Tensors
  beforeAll(async () => {
    trainer = await openTrainer({ ...plainTraining, network, tensors, batchStatistics })
    trainer.step(batch, { rate: 1, step: 1 })
    after = trainer.read()
  })
  afterAll(() => trainer.dispose())

  it.each([
    'conv1.weight',
    'bn1.weight',
    'layer2.0.conv1.weight',
    'layer2.0.bn2.bias',
    'layer3.2.conv2.weight',
    'fc.weight',
    'fc.bias',
  ])('%s', (name) => {
    // At rate 1 without momentum the step is the gradient.
    const before = tensors.get(name)!.data
    const gradient = before.map((value, i) => value - after.get(name)!.data[i]!)
    const length = norm(gradient)
    expect(length).toBeGreaterThan(1e-4)
    const amount = 2e-4 / length ** 2
    const lossAt = (sign: number) => {
      trainer.assign(moved(name, gradient, sign * amount))
      return trainer.step(batch, still).loss
    }
    const slope = (lossAt(1) - lossAt(-1)) / (2 * amount)
    expect(slope / length ** 2).toBeGreaterThan(0.97)
    expect(slope / length ** 2).toBeLessThan(1.03)
  })
})

it('a frozen middle stage stays bit for bit; every other parameter moves, statistics by a tenth', async () => {
  const trains: Stage[] = ['stem', 'layer1', 'layer3', 'head']
  const trainer = await openTrainer({
    ...plainTraining,
    network,
    tensors,
    trains,
    batchStatistics: trains,
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4, decayAll: true },
  })
  for (const step of [1, 2]) trainer.step(batch, { rate: 0.01, step })
  const after = trainer.read()
  trainer.dispose()
  for (const { name, stage } of networkParameters(network)) {
    expect(after.has(name), name).toBe(stage !== 'layer2')
    if (stage === 'layer2') continue
    const same = Buffer.from(after.get(name)!.data.buffer).equals(
      Buffer.from(tensors.get(name)!.data.buffer),
    )
    expect(same, name).toBe(false)
  }
  expect([...after.keys()].filter((name) => name.includes('layer2'))).toEqual([])
})

it('the head alone leaves all else as it was and lowers the loss', async () => {
  const trainer = await openTrainer({ ...headTraining, network, tensors })
  const losses = [1, 2, 3, 4].map((step) => trainer.step(batch, { rate: 0.5, step }).loss)
  const after = trainer.read()
  trainer.dispose()
  expect(losses[3]!).toBeLessThan(losses[0]!)
  expect([...after.keys()].sort()).toEqual([
    'fc.bias',
    'fc.weight',
    'momentum/fc.bias',
    'momentum/fc.weight',
  ])
})

it('a multiplier scales the rate of its stage, 0 stops it', async () => {
  const trainer = await openTrainer({
    ...plainTraining,
    network,
    tensors,
    trains: ['layer3', 'head'],
    multiplier: (stage) => (stage === 'head' ? 1 : 0),
  })
  trainer.step(batch, { rate: 0.1, step: 1 })
  const after = trainer.read()
  trainer.dispose()
  expect(after.get('layer3.0.conv1.weight')!.data).toEqual(
    tensors.get('layer3.0.conv1.weight')!.data,
  )
  expect(after.get('fc.weight')!.data).not.toEqual(tensors.get('fc.weight')!.data)
})

it('momentum and decay follow v = m v + g + d w; w -= r v', async () => {
  const [rate, momentum, weightDecay] = [0.1, 0.9, 0.01]
  const before = tensors.get('fc.bias')!.data
  const at = async (steps: number, optimizer: Parameters<typeof openTrainer>[0]['optimizer']) => {
    const trainer = await openTrainer({
      ...plainTraining,
      network,
      tensors,
      trains: ['head'],
      batchStatistics: [],
      optimizer,
    })
    for (let step = 1; step <= steps; step++) trainer.step(batch, { rate, step })
    const state = trainer.read()
    trainer.dispose()
    return state
  }
  const plain = (await at(1, { kind: 'sgd', momentum: 0, weightDecay: 0, decayAll: true })).get(
    'fc.bias',
  )!.data
  const gradient = before.map((value, i) => (value - plain[i]!) / rate)
  const first = await at(1, { kind: 'sgd', momentum, weightDecay, decayAll: true })
  const velocity = gradient.map((value, i) => value + weightDecay * before[i]!)
  expect(
    relativeError(
      first.get('fc.bias')!.data,
      before.map((value, i) => value - rate * velocity[i]!),
    ),
  ).toBeLessThan(1e-5)
  expect(relativeError(first.get('momentum/fc.bias')!.data, velocity)).toBeLessThan(1e-4)
  const adam = await at(1, { kind: 'adamw', weightDecay, decayAll: true })
  // Adam's first step is the sign of the gradient, the decay applies to the weight directly.
  const sign = (slope: number) => slope / (Math.abs(slope) + 1e-8 / Math.sqrt(0.001))
  const expected = before.map(
    (value, i) => value - rate * weightDecay * value - rate * sign(gradient[i]!),
  )
  const error = relativeError(adam.get('fc.bias')!.data, expected)
  expect(error, [...gradient, ...before, ...adam.get('fc.bias')!.data].join()).toBeLessThan(1e-3)
})

it('bfloat16 stays near float32', async () => {
  const run = async (precision: 'float32' | 'bfloat16') => {
    const trainer = await openTrainer({ ...plainTraining, network, tensors, precision })
    const losses = [1, 2].map((step) => trainer.step(batch, { rate: 0.01, step }).loss)
    const after = trainer.read()
    trainer.dispose()
    return { losses, after }
  }
  const [exact, short] = [await run('float32'), await run('bfloat16')]
  expect(relativeError(short.losses, exact.losses)).toBeLessThan(0.03)
  expect(short.losses).not.toEqual(exact.losses)
  expect(
    relativeError(
      short.after.get('layer3.0.conv1.weight')!.data,
      exact.after.get('layer3.0.conv1.weight')!.data,
    ),
  ).toBeLessThan(0.01)
})
