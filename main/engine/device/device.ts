// What computes and why: CUDA where its libraries and a card are there, the processor elsewhere;
// bfloat16 only where it is multiplied natively. A device that does not agree with the processor is
// not used. GPU paths have been written with care but never run: no GPU was at hand.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import type { EngineStatus } from '../../../shared/device'
import type { RunConfig } from '../../../shared/run'
import { Failure } from '../../../shared/failure'
import type { Precision } from '../../../shared/device'
import { computeOn } from '../tensorflow/session'
import { loadTensorflow } from '../tensorflow/load'
import type { Home } from '../files/home'
import { findGpu, processorCores, processorHasBfloat16, type Gpu } from './hardware'
import { selfCheck, type SelfCheck } from './selfCheck'

/** Tensor cores multiply bfloat16 from Ampere on (CUDA compute capability 8.0). */
const bfloat16Capability = 8

export interface Choice {
  readonly device: string
  readonly precision: Precision
  /** Why this device and this precision, one sentence each. */
  readonly reasons: readonly string[]
}
export interface Found {
  readonly gpu: Gpu | null
  /** Whether the computing library sees a GPU. */
  readonly usesGpu: boolean
  readonly bfloat16: boolean
  readonly cores: number
}

export function chooseDevice({ gpu, usesGpu, bfloat16, cores }: Found): Choice {
  if (usesGpu) {
    const able = (gpu?.capability ?? 0) >= bfloat16Capability
    return {
      device: gpu ? `${gpu.name} (CUDA)` : 'GPU (CUDA)',
      precision: able ? 'bfloat16' : 'float32',
      reasons: [
        'The CUDA libraries and a graphics card were found.',
        able
          ? `bfloat16: the card multiplies it (compute capability ${gpu!.capability}).`
          : 'float32: the card does not multiply bfloat16 natively, or does not say so.',
      ],
    }
  }
  return {
    device: `CPU, ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    precision: bfloat16 ? 'bfloat16' : 'float32',
    reasons: [
      gpu
        ? `The CPU computes: there is a ${gpu.name}, but the CUDA libraries are not installed.`
        : 'The CPU computes: no NVIDIA driver or card was found.',
      bfloat16
        ? 'bfloat16: the processor multiplies it (AVX-512 or AMX).'
        : 'float32: the processor does not multiply bfloat16 natively.',
    ],
  }
}

let opened: Promise<EngineStatus> | null = null

/** Decides once a process; later calls answer the same. Failures are in the status, not thrown. */
export function openDevice(home: Home): Promise<EngineStatus> {
  opened ??= open(home)
  return opened
}

export const choosePrecision = async (
  home: Home,
  asked: RunConfig['precision'],
): Promise<Precision> => (asked === 'auto' ? (await openDevice(home)).precision : asked)

async function open(home: Home): Promise<EngineStatus> {
  const cores = processorCores()
  const memory = { threads: cores, memoryBytes: os.totalmem() }
  const { node } = process.versions
  const bfloat16 = processorHasBfloat16()
  try {
    const tf = await loadTensorflow()
    const usesGpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice ?? false
    const gpu = await findGpu()
    const versions = { node, tfjs: tf.version_core, 'tfjs-node': '4.22.0' }
    const wanted = chooseDevice({ gpu, usesGpu, bfloat16, cores })
    const check = await keptSelfCheck(home, { ...wanted, versions })
    const { choice, problems } = afterCheck(wanted, check, { gpu, bfloat16, cores })
    return {
      ...memory,
      ...choice,
      reasons: [...choice.reasons],
      problems,
      state: 'ready',
      engine: 'TensorFlow',
      versions,
      selfCheck: check,
    }
  } catch (error) {
    const { precision, device, reasons } = chooseDevice({
      gpu: null,
      usesGpu: false,
      bfloat16,
      cores,
    })
    return {
      ...memory,
      device,
      precision,
      reasons: [...reasons],
      state: 'failed',
      engine: 'none',
      versions: { node },
      problems: [error instanceof Failure ? error.message : String(error)],
      selfCheck: null,
    }
  }
}

/** A GPU that disagrees gives way to the processor, bfloat16 that disagrees to float32. */
export function afterCheck(
  wanted: Choice,
  check: SelfCheck,
  found: Omit<Found, 'usesGpu'>,
): { choice: Choice; problems: string[] } {
  const percent = (value: number) => `${(100 * value).toPrecision(2)} %`
  const problems = check.processorRight
    ? []
    : [`The processor's results differ from the reference by ${percent(check.processor)}.`]
  if (check.deviceRight) return { choice: wanted, problems }
  const onGpu = wanted.device.includes('CUDA')
  if (onGpu) computeOn('cpu')
  const reason = `${wanted.device} in ${wanted.precision} differs from the processor by ${percent(check.device)}, so it is not used.`
  const processor = chooseDevice({ ...found, usesGpu: false, bfloat16: false })
  return { choice: { ...processor, reasons: [reason] }, problems: [...problems, reason] }
}

const Kept = z.object({
  key: z.string(),
  check: z.object({
    processor: z.number(),
    device: z.number(),
    processorRight: z.boolean(),
    deviceRight: z.boolean(),
    bits: z.string(),
  }),
})

async function keptSelfCheck(
  { folder }: Home,
  { device, precision, versions }: Choice & { versions: Readonly<Record<string, string>> },
): Promise<SelfCheck> {
  const path = join(folder, 'self-check.json')
  const key = JSON.stringify([os.cpus()[0]?.model, device, precision, versions])
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(path, 'utf8')))
    if (kept.key === key) return kept.check
  } catch {
    // Not checked yet, or written by another version.
  }
  const check = await selfCheck(precision)
  // A disk that cannot be written only means checking again next time.
  await writeFileAtomic(path, JSON.stringify({ key, check })).catch(() => undefined)
  return check
}
