// `npm run bench`: measures the engine, and with --peers PyTorch and Keras beside it. What must stay
// true: stdout carries the result's JSON and nothing else, so set-up and build speak on stderr.

import { join } from 'node:path'
import { build } from './build.mjs'
import { setUp } from './setup.mjs'
import { runVisibly } from './setup/command.mjs'
import { root } from './setup/paths.mjs'

try {
  await setUp({ window: false })
  await build({ window: false, bench: true })
  const program = join(root, 'dist', 'bench', 'index.cjs')
  process.exitCode = await runVisibly(process.execPath, [program, ...process.argv.slice(2)])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
