// Child processes that are ended with the benchmark, so that none keeps computing after it stops.
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

export type Child = ChildProcessByStdio<Writable, Readable, Readable>
const running = new Set<Child>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** All three streams are pipes. */
export function start(
  [program, ...args]: readonly [program: string, ...args: string[]],
  env: NodeJS.ProcessEnv = {},
): Child {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  running.add(child)
  child.on('close', () => running.delete(child))
  child.on('error', () => running.delete(child))
  return child
}
