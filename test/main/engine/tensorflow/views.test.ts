// A network with two views answers what its body says of the halved picture and of its middle.
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../../main/engine/network/family'
import { goldenTensors } from '../../../../main/engine/network/generated'
import { splitNetwork, type Network, type View } from '../../../../main/engine/network/layers'
import { workOf } from '../../../../main/engine/network/work'
import { openInference } from '../../../../main/engine/tensorflow/inference'
import { openTrainer } from '../../../../main/engine/tensorflow/trainer'
import { headTraining, noise, relativeError } from '../graph/smallNetworks'

const count = 3
const side = 32
const network = (views: readonly View[]) =>
  buildNetwork({
    architecture: 'resnet20',
    size: views.length ? 2 * side : side,
    classes: 3,
    views,
    standardise: true,
  })

async function pooled(whole: Network, values: Float32Array) {
  const { below } = splitNetwork(whole, 'head')
  const inference = await openInference({
    network: below,
    tensors: goldenTensors(whole, 0),
    precision: 'float32',
    input: 'values',
  })
  const result = inference.run({ values }, count)
  inference.dispose()
  return { result, channels: inference.outputLength }
}

/** Means of 2 x 2 pixels of [count, 2 side, 2 side, 3]. */
function halved(values: Float32Array) {
  return cut((n, y, x, c) => {
    const at = (dy: number, dx: number) =>
      values[((n * 2 * side + 2 * y + dy) * 2 * side + 2 * x + dx) * 3 + c]!
    return (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4
  })
}

function middle(values: Float32Array) {
  return cut((n, y, x, c) => {
    const [row, column] = [y + side / 2, x + side / 2]
    return values[((n * 2 * side + row) * 2 * side + column) * 3 + c]!
  })
}

function cut(value: (n: number, y: number, x: number, c: number) => number) {
  const out = new Float32Array(count * side * side * 3)
  let at = 0
  for (let n = 0; n < count; n++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) for (let c = 0; c < 3; c++) out[at++] = value(n, y, x, c)
  return out
}

describe('views', () => {
  const { values } = noise(count, 2 * side)

  it('are the features of both pictures side by side', async () => {
    const { result, channels } = await pooled(network(['whole', 'closer']), values)
    const [whole, closer] = [
      await pooled(network([]), halved(values)),
      await pooled(network([]), middle(values)),
    ]
    expect(channels).toBe(2 * whole.channels)
    const expected = Float32Array.from({ length: count * channels }, (_, i) => {
      const [row, column] = [Math.floor(i / channels), i % channels]
      const of = column < whole.channels ? whole : closer
      return of.result[row * whole.channels + (column % whole.channels)]!
    })
    expect(relativeError(result, expected)).toBeLessThan(1e-6)
  })

  it('can be the whole picture alone', async () => {
    const { result } = await pooled(network(['whole']), values)
    const { result: expected } = await pooled(network([]), halved(values))
    expect(relativeError(result, expected)).toBeLessThan(1e-6)
  })

  it('count as twice the work of the body', () => {
    const [one, two] = [workOf(network([])), workOf(network(['whole', 'closer']))]
    expect(two.multiplyAdds / one.multiplyAdds).toBeCloseTo(2, 3)
  })

  it('have gradients through the joining: a step of training changes the body', async () => {
    const whole = network(['whole', 'closer'])
    const tensors = goldenTensors(whole, 0)
    const trainer = await openTrainer({
      ...headTraining,
      network: whole,
      tensors,
      trains: ['layer3', 'head'],
    })
    const batch = { input: { values }, labels: Int32Array.of(0, 1, 2) }
    const first = trainer.step(batch, { rate: 0.01, step: 1 }).loss
    const second = trainer.step(batch, { rate: 0.01, step: 2 }).loss
    const name = 'layer3.2.conv2.weight'
    const moved = trainer.read().get(name)!.data
    trainer.dispose()
    expect(second).toBeLessThan(first)
    expect(relativeError(moved, tensors.get(name)!.data)).toBeGreaterThan(1e-7)
  })
})
