// Additions to a plain training step, each against its formula: soft targets and weights, decay without
// biases and norms, clipping, averaged weights.
import { describe, expect, it } from 'vitest'
import { averageOf } from '../../../../main/engine/graph/optimizer'
import { openTrainer, type TrainerOptions } from '../../../../main/engine/tensorflow/trainer'
import type { Tensors } from '../../../../main/engine/network/tensor'
import { bytesOf } from '../../../../main/engine/files/wholeFiles'
import { noise, plainTraining, relativeError, smallNetwork } from './smallNetworks'

const { network, tensors } = smallNetwork('resnet20')
const batch = { input: noise(4), labels: Int32Array.of(0, 1, 2, 1) }
const asked = {
  ...batch,
  targets: Float32Array.of(0.8, 0.1, 0.1, 0.5, 0.5, 0, 0.2, 0.2, 0.6, 0, 1, 0),
  weights: Float32Array.of(1, 2, 0.5, 0.5),
}
const open = (options: Partial<TrainerOptions> = {}) =>
  openTrainer({ ...plainTraining, network, tensors, ...options })
const minus = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Float32Array.from(a, (value, i) => value - b[i]!)
const norm = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0))
/** All trained tensors as one vector. */
const moves = (after: Tensors) =>
  [...after]
    .filter(([name]) => tensors.has(name) && !name.includes('running'))
    .flatMap(([name, { data }]) => [...minus(tensors.get(name)!.data, data)])

describe('soft targets and weights', () => {
  it('give the loss of the formula', async () => {
    const logits = [0.3, -1.2, 0.7]
    const fixed = new Map([
      ...tensors,
      ['fc.weight', { ...tensors.get('fc.weight')!, data: new Float32Array(3 * 64) }] as const,
      ['fc.bias', { shape: [3], data: Float32Array.from(logits) }] as const,
    ])
    const trainer = await open({ tensors: fixed })
    const { loss } = trainer.step(asked, { rate: 0, step: 1 })
    trainer.dispose()
    const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0))
    const rows = [0, 1, 2, 3].map((n) =>
      logits.reduce((sum, value, c) => sum + asked.targets[n * 3 + c]! * (total - value), 0),
    )
    const expected = rows.reduce((sum, row, n) => sum + asked.weights[n]! * row, 0) / 4
    expect(loss).toBeCloseTo(expected, 5)
  })

  it.each(['conv1.weight', 'layer2.0.bn2.bias', 'fc.weight', 'fc.bias'])(
    'give the gradient of %s',
    async (name) => {
      const trainer = await open()
      trainer.step(asked, { rate: 1, step: 1 })
      const { shape, data } = tensors.get(name)!
      const gradient = minus(data, trainer.read().get(name)!.data)
      const amount = 2e-4 / norm(gradient) ** 2
      const lossAt = (sign: number) => {
        const moved = data.map((value, i) => value + sign * amount * gradient[i]!)
        trainer.assign(new Map([...tensors, [name, { shape, data: moved }]]))
        return trainer.step(asked, { rate: 0, step: 1 }).loss
      }
      const slope = (lossAt(1) - lossAt(-1)) / (2 * amount)
      trainer.dispose()
      expect(slope / norm(gradient) ** 2).toBeGreaterThan(0.97)
      expect(slope / norm(gradient) ** 2).toBeLessThan(1.03)
    },
  )
})

it.each(['sgd', 'adamw'] as const)('%s: only weights decay unless all do', async (kind) => {
  const [rate, weightDecay] = [0.1, 0.1]
  const after = async (rules: { weightDecay: number; decayAll: boolean }) => {
    const trainer = await open({ optimizer: { kind, momentum: 0, ...rules } })
    trainer.step(batch, { rate, step: 1 })
    const state = trainer.read()
    trainer.dispose()
    return state
  }
  const without = await after({ weightDecay: 0, decayAll: true })
  const some = await after({ weightDecay, decayAll: false })
  const all = await after({ weightDecay, decayAll: true })
  for (const name of ['conv1.weight', 'fc.weight', 'fc.bias', 'bn1.weight', 'bn1.bias']) {
    const decay = tensors.get(name)!.data.map((value) => rate * weightDecay * value)
    const lost = (state: Tensors) => minus(without.get(name)!.data, state.get(name)!.data)
    expect(relativeError(lost(all), decay), name).toBeLessThan(1e-3)
    if (name.endsWith('weight') && !name.startsWith('bn'))
      expect(relativeError(lost(some), decay), name).toBeLessThan(1e-3)
    else expect(norm(lost(some)), name).toBe(0)
  }
})

it('clipping keeps the direction and shortens all gradients together; short ones stay', async () => {
  const after = async (clipNorm: number | null) => {
    const trainer = await open({ optimizer: { ...plainTraining.optimizer, clipNorm } })
    trainer.step(batch, { rate: 1, step: 1 })
    const state = trainer.read()
    trainer.dispose()
    return moves(state)
  }
  const plain = await after(null)
  const length = norm(plain)
  const clipped = await after(length / 4)
  expect(norm(clipped)).toBeCloseTo(length / 4, 3)
  expect(
    relativeError(
      clipped.map((value) => 4 * value),
      plain,
    ),
  ).toBeLessThan(1e-3)
  expect(relativeError(await after(length * 2), plain)).toBeLessThan(1e-6)
})

describe('averaged weights', () => {
  const optimizer = { ...plainTraining.optimizer, averaging: 0.3 }

  it('follow their formula, weights and running statistics alike', async () => {
    const trainer = await open({ optimizer })
    const names = ['conv1.weight', 'fc.bias', 'bn1.running_mean']
    const expected = new Map(
      names.map((name) => [name, Float64Array.from(tensors.get(name)!.data)]),
    )
    for (let step = 1; step <= 4; step++) {
      trainer.step(batch, { rate: 0.05, step })
      const share = Math.min(0.3, (1 + step) / (10 + step))
      const now = trainer.read()
      for (const name of names) {
        const old = expected.get(name)!
        old.forEach((value, i) => (old[i] = share * value + (1 - share) * now.get(name)!.data[i]!))
      }
    }
    const after = trainer.read()
    trainer.dispose()
    for (const name of names) {
      expect(relativeError(after.get(averageOf(name))!.data, expected.get(name)!)).toBeLessThan(
        1e-5,
      )
      expect(after.get(averageOf(name))!.data).not.toEqual(after.get(name)!.data)
    }
  })

  it('are what is judged', async () => {
    const trainer = await open({ optimizer })
    const plain = await open()
    for (let step = 1; step <= 3; step++) trainer.step(batch, { rate: 0.05, step })
    const after = trainer.read()
    const averages = [...tensors.keys()].map((name) => [name, after.get(averageOf(name))!] as const)
    plain.assign(new Map(averages))
    const judged = trainer.evaluate(batch.input, 4)
    expect(relativeError(judged, plain.evaluate(batch.input, 4))).toBeLessThan(1e-5)
    plain.assign(new Map([...tensors.keys()].map((name) => [name, after.get(name)!])))
    expect(relativeError(judged, plain.evaluate(batch.input, 4))).toBeGreaterThan(1e-3)
    trainer.dispose()
    plain.dispose()
  })

  it('begin as the weights, and go on from what was read', async () => {
    const trainer = await open({ optimizer })
    const plain = await open()
    const first = trainer.evaluate(batch.input, 4)
    expect(relativeError(first, plain.evaluate(batch.input, 4))).toBeLessThan(1e-6)
    trainer.step(batch, { rate: 0.05, step: 1 })
    const half = trainer.read()
    const again = await open({ optimizer })
    again.assign(half)
    for (const one of [trainer, again]) one.step(batch, { rate: 0.05, step: 2 })
    const [straight, resumed] = [trainer.read(), again.read()]
    for (const [name, { data }] of straight) {
      const same = Buffer.from(bytesOf(data)).equals(bytesOf(resumed.get(name)!.data))
      expect(same, name).toBe(true)
    }
    for (const one of [trainer, plain, again]) one.dispose()
  })
})
