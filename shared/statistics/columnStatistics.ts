// Mean and variance of each feature over many photos, by which features are standardised.

/** `features` is [photos, channels]; mean and variance are [channels], summed in float64. A constant
 *  channel gets variance 1, so that standardising leaves its scale as it is. */
export function columnStatistics(features: Float32Array, channels: number) {
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
  return { mean, variance }
}
