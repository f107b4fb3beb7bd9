// Bundles the bench into dist/ and runs it; see index.ts for what it takes.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')
const outfile = resolve(root, 'dist/bench/presets.cjs')
await build({
  absWorkingDir: root,
  entryPoints: ['bench/presets/index.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['@tensorflow/tfjs-node-gpu', 'sharp'],
  logLevel: 'warning',
})
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
