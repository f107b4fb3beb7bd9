// Does this computer calculate right? Three training steps of a tiny residual network: on the
// processor in float32 against PyTorch's losses, then on the chosen device and precision against
// the processor. Takes about a second and is kept until the versions or the device change.
import { fnv1a32 } from '../../../shared/random'
import { stages } from '../../../shared/network'
import { goldenInput, goldenTensors } from '../network/generated'
import type { Precision } from '../../../shared/device'
import { openTrainer } from '../tensorflow/trainer'
import { buildNetwork } from '../network/family'
import { computeOn } from '../tensorflow/session'

/** bench/peers/self_check.py prints these (PyTorch 2.14.1, float32, CPU). */
const pytorchLosses = [1.2259238, 1.1825213, 1.1207263]
/** Of the loss; float32 differs by 1e-6 here, bfloat16 by up to 1e-2. */
const tolerance: Readonly<Record<Precision, number>> = { float32: 1e-4, bfloat16: 5e-2 }

export interface SelfCheck {
  /** Largest relative difference of a loss: processor from PyTorch, device from processor. */
  readonly processor: number
  readonly device: number
  readonly processorRight: boolean
  readonly deviceRight: boolean
  /** Names the exact bits of the losses on the device. */
  readonly bits: string
}

export async function selfCheck(precision: Precision): Promise<SelfCheck> {
  const reference = await losses('cpu', 'float32')
  const own = await losses('default', precision)
  const processor = difference(reference, pytorchLosses)
  const device = difference(own, reference)
  return {
    processor,
    device,
    processorRight: processor <= tolerance.float32,
    deviceRight: device <= tolerance[precision],
    bits: fnv1a32(own.join()).toString(16),
  }
}

async function losses(where: 'cpu' | 'default', precision: Precision): Promise<readonly number[]> {
  const before = computeOn(where)
  try {
    const network = buildNetwork({ architecture: 'resnet20', cut: 'layer1', size: 32, classes: 3 })
    const trainer = await openTrainer({
      network,
      tensors: goldenTensors(network, 0),
      precision,
      input: 'values',
      canvas: null,
      trains: stages,
      batchStatistics: stages,
      optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4, decayAll: true },
      multiplier: () => 1,
    })
    const input = { values: goldenInput('train-input', { count: 4, size: 32, salt: 0 }) }
    const labels = Int32Array.of(0, 1, 2, 1)
    const measured = pytorchLosses.map(
      (_, i) => trainer.step({ input, labels }, { rate: 0.05, step: i + 1 }).loss,
    )
    trainer.dispose()
    return measured
  } finally {
    computeOn(before)
  }
}

/** Infinity where a number is none. */
const difference = (own: readonly number[], expected: readonly number[]) =>
  Math.max(
    ...own.map((value, i) => {
      const relative = Math.abs(value - expected[i]!) / Math.abs(expected[i]!)
      return Number.isFinite(relative) ? relative : Infinity
    }),
  )
