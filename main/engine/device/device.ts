// What computes and why: CUDA where its libraries and a card are there, the processor elsewhere;
// bfloat16 only where it is multiplied natively. A device that does not agree with the processor is
// not used. GPU paths have been written with care but never run: no GPU was at hand.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { describeDevice, type ComputeDevice, type EngineStatus } from '../../../shared/device'
import type { RunConfig } from '../../../shared/runConfig'
import { Failure } from '../../../shared/failure'
import { otherReason, reason, Reason } from '../../../shared/reason'
import type { Precision } from '../../../shared/device'
import { computeOn } from '../tensorflow/session'
import { loadTensorflow } from '../tensorflow/load'
import type { Home } from '../files/home'
import { findGpu, processorCores, processorHasBfloat16, type Gpu } from './hardware'
import { selfCheck, type SelfCheck } from './selfCheck'

/** Tensor cores multiply bfloat16 from Ampere on (CUDA compute capability 8.0). */
const bfloat16Capability = 8

export interface Choice {
  readonly device: ComputeDevice
  readonly precision: Precision
  /** Why this device and this precision, one sentence each. */
  readonly reasons: readonly Reason[]
}
export interface Found {
  readonly gpu: Gpu | null
  /** Whether the computing library sees a GPU. */
  readonly usesGpu: boolean
  readonly bfloat16: boolean
  readonly cores: number
}

export function chooseDevice({ gpu, usesGpu, bfloat16 }: Omit<Found, 'cores'>): Choice {
  if (usesGpu) {
    const able = (gpu?.capability ?? 0) >= bfloat16Capability
    return {
      device: { kind: 'cuda', name: gpu?.name ?? '' },
      precision: able ? 'bfloat16' : 'float32',
      reasons: [
        reason('cuda-found'),
        able ? reason('gpu-bfloat16', { capability: gpu!.capability }) : reason('gpu-float32'),
      ],
    }
  }
  return {
    device: { kind: 'cpu', name: '' },
    precision: bfloat16 ? 'bfloat16' : 'float32',
    reasons: [
      gpu ? reason('cuda-missing', { gpu: gpu.name }) : reason('no-gpu'),
      bfloat16 ? reason('cpu-bfloat16') : reason('cpu-float32'),
    ],
  }
}

export type Device = ReturnType<typeof createDevice>

/** Decides once, when it is first asked. */
export function createDevice(home: Home) {
  let opened: Promise<EngineStatus> | null = null
  /** A device that cannot be opened is said in the status, not thrown. */
  const status = () => (opened ??= open(home))
  return {
    status,
    precision: async (asked: RunConfig['precision']): Promise<Precision> =>
      asked === 'auto' ? (await status()).precision : asked,
  }
}

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
    const wanted = chooseDevice({ gpu, usesGpu, bfloat16 })
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
    })
    return {
      ...memory,
      device,
      precision,
      reasons: [...reasons],
      state: 'failed',
      engine: 'none',
      versions: { node },
      problems: [engineProblem(error)],
      selfCheck: null,
    }
  }
}

/** A GPU that disagrees gives way to the processor, bfloat16 that disagrees to float32. */
export function afterCheck(
  wanted: Choice,
  check: SelfCheck,
  found: Omit<Found, 'usesGpu'>,
): { choice: Choice; problems: Reason[] } {
  const percent = (value: number) => (100 * value).toPrecision(2)
  const problems = check.processorRight
    ? []
    : [reason('processor-differs', { percent: percent(check.processor) })]
  if (check.deviceRight) return { choice: wanted, problems }
  if (wanted.device.kind === 'cuda') computeOn('cpu')
  const { precision } = wanted
  const device = describeDevice(wanted.device, found.cores)
  const differs = reason('device-differs', { device, precision, percent: percent(check.device) })
  const processor = chooseDevice({ ...found, usesGpu: false, bfloat16: false })
  return { choice: { ...processor, reasons: [differs] }, problems: [...problems, differs] }
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

/** Why no library could be loaded. */
function engineProblem(error: unknown): Reason {
  const cause = error instanceof Failure ? error.details.reason : error
  return typeof cause === 'object' && cause !== null && 'code' in cause && 'details' in cause
    ? Reason.parse(cause)
    : otherReason(String(cause))
}
