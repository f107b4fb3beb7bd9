// Which device and precision are taken, why, and what happens where they calculate wrong.
import { describe, expect, it } from 'vitest'
import { afterCheck, chooseDevice } from '../../../../main/engine/device/device'
import { parseGpu } from '../../../../main/engine/device/hardware'
import { selfCheck } from '../../../../main/engine/device/selfCheck'
import { computeOn } from '../../../../main/engine/tensorflow/session'

const gpu = { name: 'NVIDIA GeForce RTX 3060', memoryBytes: 12288 * 2 ** 20, capability: 8.6 }
const plain = { gpu: null, usesGpu: false, bfloat16: false }

it('reads what nvidia-smi prints, and bears what it does not', () => {
  expect(parseGpu('NVIDIA GeForce RTX 3060, 12288, 8.6\nsecond, 1, 7.5\n')).toEqual(gpu)
  expect(parseGpu('No devices were found')).toBeNull()
  expect(parseGpu('')).toBeNull()
})

describe('choice', () => {
  it('CUDA where card and libraries are, bfloat16 from compute capability 8', () => {
    const ampere = chooseDevice({ ...plain, gpu, usesGpu: true })
    expect(ampere).toMatchObject({
      device: { kind: 'cuda', name: 'NVIDIA GeForce RTX 3060' },
      precision: 'bfloat16',
    })
    const turing = chooseDevice({ ...plain, gpu: { ...gpu, capability: 7.5 }, usesGpu: true })
    expect(turing.precision).toBe('float32')
  })

  it('the processor otherwise, and says what is missing', () => {
    const without = chooseDevice({ ...plain, gpu })
    expect(without).toMatchObject({ device: { kind: 'cpu', name: '' }, precision: 'float32' })
    expect(without.reasons[0]!.code).toBe('cuda-missing')
    expect(chooseDevice({ ...plain, bfloat16: true }).precision).toBe('bfloat16')
  })

  it('a GPU that disagrees is not used, and bfloat16 that disagrees neither', () => {
    const wrong = {
      processor: 1e-8,
      device: 0.3,
      processorRight: true,
      deviceRight: false,
      bits: '',
    }
    const found = { gpu, bfloat16: true, cores: 2 }
    const refused = afterCheck(chooseDevice({ ...plain, gpu, usesGpu: true }), wrong, found)
    expect(refused.choice).toMatchObject({
      device: { kind: 'cpu', name: '' },
      precision: 'float32',
    })
    expect(refused.problems[0]).toMatchObject({
      code: 'device-differs',
      details: { device: 'NVIDIA GeForce RTX 3060 (CUDA)', percent: '30' },
    })
    expect(computeOn('default')).toBe('cpu')
    const processor = chooseDevice({ ...plain, bfloat16: true })
    expect(afterCheck(processor, wrong, found).choice.precision).toBe('float32')
    expect(computeOn('default')).toBe('default')
    expect(afterCheck(processor, { ...wrong, deviceRight: true }, found).choice).toBe(processor)
  })
})

describe('self-check', () => {
  it('float32 on the processor repeats PyTorch and itself', async () => {
    const check = await selfCheck('float32')
    expect(check).toMatchObject({ processorRight: true, deviceRight: true, device: 0 })
    expect(check.processor).toBeLessThan(1e-6)
    expect((await selfCheck('float32')).bits).toBe(check.bits)
  })

  it('bfloat16 is near, but not the same', async () => {
    const check = await selfCheck('bfloat16')
    expect(check.deviceRight).toBe(true)
    expect(check.device).toBeGreaterThan(1e-6)
  })
})
