// Networks small enough for a test, with values that make no batch norm trivial.
import { goldenTensors } from '../../../../main/engine/network/generated'
import type { TrainerOptions } from '../../../../main/engine/tensorflow/trainer'
import { buildNetwork } from '../../../../main/engine/network/family'
import { stages, type Architecture } from '../../../../shared/network'
import { seededRandom } from '../../../../shared/random'

export function smallNetwork(architecture: Architecture, size = 32) {
  const network = buildNetwork({ architecture, size, classes: 3 })
  return { network, tensors: goldenTensors(network, 0) }
}

export function noise(count: number, size = 32) {
  const random = seededRandom('noise', count, size)
  return { values: Float32Array.from({ length: count * size * size * 3 }, () => random.normal()) }
}

/** Plain gradient descent on every stage. */
export const plainTraining = {
  precision: 'float32',
  input: 'values',
  canvas: null,
  trains: stages,
  batchStatistics: stages,
  optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0, decayAll: true },
  multiplier: () => 1,
} as const satisfies Omit<TrainerOptions, 'network' | 'tensors'>

/** Trains the head alone; batch norms keep their statistics. */
export const headTraining = { ...plainTraining, trains: ['head'], batchStatistics: [] } as const

/** Norm of the difference, relative to the norm of `expected`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  let [difference, norm] = [0, 0]
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2
    norm += expected[i]! ** 2
  }
  return Math.sqrt(difference / norm)
}
