// Runs a program to its end and watches its resident memory from outside, as a person with a
// process monitor would; needs Linux's /proc.
import { existsSync, readFileSync } from 'node:fs'
import { start } from './children'

export interface MemorySample {
  /** Since its start. */
  readonly seconds: number
  readonly bytes: number
  /** The last line of progress it had printed by then. */
  readonly progress: string
}
export interface Watched {
  readonly stdout: string
  readonly seconds: number
  readonly samples: readonly MemorySample[]
  readonly peakBytes: number
}
const sampleEvery = 200

export const canWatch = () => existsSync('/proc/self/status')

/** Current and peak resident bytes, from the text of /proc/PID/status. */
export function residentOf(status: string): { bytes: number; peakBytes: number } {
  const kilobytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return { bytes: kilobytes('VmRSS') * 1024, peakBytes: kilobytes('VmHWM') * 1024 }
}

/** @throws Error with the end of what it printed when it does not exit with 0 */
export function watch(
  command: readonly [program: string, ...args: string[]],
  env: NodeJS.ProcessEnv = {},
): Promise<Watched> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = start(command, env)
    child.stdin.end()
    const samples: MemorySample[] = []
    let [stdout, stderr, progress, peak] = ['', '', '', 0]
    const seconds = () => (performance.now() - started) / 1000
    const timer = setInterval(() => {
      const { bytes, peakBytes } = residentOf(statusOf(child.pid))
      peak = Math.max(peak, peakBytes)
      if (bytes > 0) samples.push({ seconds: seconds(), bytes, progress })
    }, sampleEvery)
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk.toString()}`.slice(-2000)
      progress = stderr.trimEnd().split('\n').pop() ?? ''
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      if (code === 0) resolve({ stdout, seconds: seconds(), samples, peakBytes: peak })
      else reject(new Error(`${command.join(' ')} exited with ${code}\n${stderr}`))
    })
  })
}

function statusOf(pid: number | undefined) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
