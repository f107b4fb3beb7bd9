// A network that begins at a block whose shortcut has no weights: its input is float32, whatever the precision.
import { expect, it } from 'vitest'
import { buildNetwork } from '../../../../main/engine/network/family'
import { goldenTensors } from '../../../../main/engine/network/generated'
import { splitNetwork } from '../../../../main/engine/network/layers'
import { elementCount } from '../../../../main/engine/network/tensor'
import { openInference } from '../../../../main/engine/tensorflow/inference'

it.each(['layer1', 'layer2'] as const)('runs in bfloat16 from %s on', async (stage) => {
  const whole = buildNetwork({ architecture: 'resnet20', size: 32, classes: 3 })
  const { above } = splitNetwork(whole, stage)
  const inference = await openInference({
    network: above,
    tensors: goldenTensors(whole, 0),
    precision: 'bfloat16',
    input: 'values',
  })
  const values = new Float32Array(2 * elementCount(above.inputShape)).fill(0.5)
  expect(inference.run({ values }, 2).every(Number.isFinite)).toBe(true)
  inference.dispose()
})
