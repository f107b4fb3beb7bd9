// Weights that tuning has led to, as a contest takes them.
import type { Tensors } from '../network/tensor'
import type { ExactHead } from '../heads/exactHead'
import { scaleOf } from '../heads/headFit'
import { WeightsState } from './weightsState'

/** Between the weights that tuning started from and what it led to (Wortsman et al. 2022).
 *  @param share of the tuned weights, 0 to 1 */
export function blended(start: Tensors, tuned: Tensors, share: number): WeightsState {
  const mixed = [...tuned].map(([name, { shape, data }]) => {
    const before = start.get(name)!.data
    const mean = data.map((value, i) => share * value + (1 - share) * before[i]!)
    return [name, { shape, data: mean }] as const
  })
  return new WeightsState(new Map(start), new Map(mixed))
}

/** The head as it was tuned, for features of these views side by side: the mean of what it says of each, since
 *  it was tuned on crops near and far. */
export function tunedHead(tensors: Tensors, views: number): ExactHead {
  const of = (name: string) => tensors.get(name)!
  const { shape, data } = of('fc.weight')
  const [classes, values] = [shape[0]!, shape[1]!]
  const weight = new Float32Array(data.length * views)
  for (let c = 0; c < classes; c++)
    for (let v = 0; v < values * views; v++)
      weight[v * classes + c] = data[c * values + (v % values)]! / views
  const repeated = (list: Float32Array) =>
    Float32Array.from({ length: values * views }, (_, v) => list[v % values]!)
  const variance = repeated(of('head_norm.running_var').data)
  return {
    weight,
    bias: of('fc.bias').data,
    mean: repeated(of('head_norm.running_mean').data),
    scale: scaleOf(variance),
    variance,
    penalty: 0,
    temperature: 1,
    outOfFoldLogits: new Float32Array(0),
    fold: [],
  }
}
