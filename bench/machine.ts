// Describes the machine of a result, without which timings cannot be compared.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { tmpdir } from 'node:os'
import { createDevice } from '../main/engine/device/device'

const telling = /^(avx|avx2|fma|avx512f|avx512_vnni|avx512_bf16|amx_bf16|amx_tile)$/

/** The CPU flags in /proc/cpuinfo that determine how fast matrix products are. */
export const tellingFlags = (cpuinfo: string): string[] =>
  (/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '').split(/\s+/).filter((flag) => telling.test(flag))

export async function describeMachine() {
  const { precision, threads, versions, problems } = await createDevice({
    folder: tmpdir(),
    assets: '',
  }).status()
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: threads,
    flags: tellingFlags(procFile('cpuinfo')),
    memoryBytes: os.totalmem(),
    /** Above the number of cores, something else was computing too. */
    loadBefore: os.loadavg()[0]!,
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    /** What `auto` picks here. */
    precision,
    versions,
    problems,
    /** Switches of TensorFlow and of thread pools that were set from outside. */
    environment: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /^(TF_|OMP_|ONEDNN_|DNNL_|MKL_)/.test(name)),
    ),
  }
}

function procFile(name: string) {
  try {
    return readFileSync(`/proc/${name}`, 'utf8')
  } catch {
    return ''
  }
}
