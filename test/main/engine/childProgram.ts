// Bundles a test's program and runs it as a process of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** The path of the bundle; inside the checkout, where it finds its native packages. */
export async function bundled(source: string): Promise<string> {
  const outfile = join(
    __dirname,
    '../../../out/children',
    `${process.pid}`,
    `${basename(source, '.ts')}.cjs`,
  )
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['sharp', '@tensorflow/tfjs-node-gpu', 'h5wasm', 'libheif-js'],
    logLevel: 'silent',
  })
  return outfile
}

export interface Child {
  readonly process: ChildProcess
  /** Resolves when stdout has this line. */
  saw(line: string): Promise<void>
  /** Lines of stdout so far. */
  lines(): string[]
  /** Exit code, null when it was killed, with all that it wrote to stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>
}

export function started(program: string, args: readonly string[], env = process.env): Child {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe', env })
  let out = ''
  let errors = ''
  child.stdout.on('data', (data) => (out += String(data)))
  child.stderr.on('data', (data) => (errors += String(data)))
  const lines = () => out.split('\n').slice(0, -1)
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, errors }))
  return {
    process: child,
    lines,
    ended,
    async saw(line) {
      while (!lines().includes(line)) {
        const over = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          ended.then(() => true),
        ])
        if (over && !lines().includes(line))
          throw new Error(`It ended without "${line}": ${errors}`)
      }
    },
  }
}
