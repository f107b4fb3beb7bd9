// The statistics of the head's input over the training photos: a batch norm without scale whose
// mean and variance never move, so that every feature starts with the same say.
import type { Tensor } from '../network/tensor'

/** Per channel of `features` [photos, channels], accumulated in float64; a constant one is left as it is. */
export function headStatistics(features: Float32Array, channels: number): [string, Tensor][] {
  const count = features.length / channels
  const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)]
  for (let i = 0; i < features.length; i++) {
    const value = features[i]!
    sum[i % channels]! += value
    squares[i % channels]! += value * value
  }
  const mean = Float32Array.from(sum, (value) => value / count)
  const variance = Float32Array.from(squares, (value, c) => {
    const spread = value / count - (sum[c]! / count) ** 2
    return spread > 1e-10 ? spread : 1
  })
  return [
    ['head_norm.running_mean', { shape: [channels], data: mean }],
    ['head_norm.running_var', { shape: [channels], data: variance }],
  ]
}
