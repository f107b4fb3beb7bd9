// Weights and pictures from a random generator that any language can reproduce (mulberry32 addressed
// by counter, seeded by a tensor's name), so that golden tests need no stored weights.
import { fnv1a32, mulberry32 } from '../../../shared/random'
import { parametersOf, type Layer, type Network } from './layers'
import { elementCount, type Tensor } from './tensor'

/** `count` values in [-1, 1) of the generator for a tensor's name. */
function generate(name: string, count: number, salt: number): Float64Array {
  const seed = (fnv1a32(name) ^ salt) | 0
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) values[i] = mulberry32(seed, i + 1) / 2 ** 31 - 1
  return values
}

export function goldenTensors(network: Network, salt: number): Map<string, Tensor> {
  return new Map(
    network.layers.flatMap((layer) =>
      parametersOf(layer).map(({ name, shape }) => {
        const scale = scaleOf(layer, name, shape)
        const values = generate(name, elementCount(shape), salt)
        const data = new Float32Array(values.length)
        for (let i = 0; i < data.length; i++) data[i] = scale(values[i]!)
        return [name, { shape, data }] as const
      }),
    ),
  )
}

function scaleOf(layer: Layer, name: string, shape: readonly number[]): (v: number) => number {
  if (layer.kind === 'convolution') {
    const factor = Math.sqrt(6 / (shape[1]! * shape[2]! * shape[3]!))
    return (v) => v * factor
  }
  if (name === 'fc.weight') {
    const factor = Math.sqrt(3 / shape[1]!)
    return (v) => v * factor
  }
  if (name.endsWith('running_var')) return (v) => 1 + 0.2 * v
  if (layer.kind === 'batchNorm' && name.endsWith('.weight'))
    return (v) => (1 + 0.2 * v) * (layer.startsAtZero ? 0.25 : 1)
  return (v) => 0.1 * v
}

/** The generator's pictures, from its NCHW order to NHWC. */
export function goldenInput(
  name: string,
  { count, size, salt }: { count: number; size: number; salt: number },
): Float32Array {
  const values = generate(name, count * 3 * size * size, salt)
  const result = new Float32Array(values.length)
  const area = size * size
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < 3; c++) {
      for (let p = 0; p < area; p++)
        result[(n * area + p) * 3 + c] = values[(n * 3 + c) * area + p]!
    }
  }
  return result
}
