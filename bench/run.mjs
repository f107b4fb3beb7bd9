// `node bench/run.mjs NAME ...` bundles bench/NAME/index.ts into dist/ and runs it; each index.ts says
// what it takes.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const [name = '', ...rest] = process.argv.slice(2)
if (!/^[a-z]+$/.test(name) || !existsSync(resolve(root, 'bench', name, 'index.ts')))
  throw new Error('node bench/run.mjs suggest ...')
const outfile = resolve(root, `dist/bench/${name}.cjs`)
await build({
  absWorkingDir: root,
  entryPoints: [`bench/${name}/index.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['@tensorflow/tfjs-node-gpu', 'sharp'],
  // The thread that reads HEIC is not needed here.
  logOverride: { 'empty-import-meta': 'silent' },
  logLevel: 'warning',
})
const { status } = spawnSync(process.execPath, [outfile, ...rest], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
