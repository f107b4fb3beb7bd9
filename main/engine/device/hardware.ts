// What the computer has: its processor's multiplication units and an NVIDIA GPU, if the driver tells
// of one. Facts only; device.ts decides.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { promisify } from 'node:util'

export interface Gpu {
  readonly name: string
  readonly memoryBytes: number
  /** CUDA compute capability, such as 8.6. */
  readonly capability: number
}

/** Whether the processor multiplies bfloat16 itself (AVX-512 or AMX); known on Linux only. */
export function processorHasBfloat16(): boolean {
  try {
    return /\b(avx512_bf16|amx_bf16)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return false
  }
}

export const processorCores = () => os.cpus().length

/** The first GPU that NVIDIA's own tool tells of; null without driver or card. */
export async function findGpu(): Promise<Gpu | null> {
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      ['--query-gpu=name,memory.total,compute_cap', '--format=csv,noheader,nounits'],
      { timeout: 5_000 },
    )
    return parseGpu(stdout)
  } catch {
    return null
  }
}

/** A line such as "NVIDIA GeForce RTX 3060, 12288, 8.6" (memory in MiB). */
export function parseGpu(text: string): Gpu | null {
  const [name, memory, capability] = (text.split('\n')[0] ?? '')
    .split(',')
    .map((part) => part.trim())
  const [mebibytes, number] = [Number(memory), Number(capability)]
  if (!name || !Number.isFinite(mebibytes) || !Number.isFinite(number)) return null
  return { name, memoryBytes: mebibytes * 2 ** 20, capability: number }
}
