// The checks that read the sources without running them. Each counts as one test.

import { join } from 'node:path'
import { spawnOnLeash } from './setup/command.mjs'
import { root } from './setup/paths.mjs'

const bin = (/** @type {string[]} */ ...path) => join(root, 'node_modules', ...path)

const checks = [
  {
    name: 'lint',
    script: bin('eslint', 'bin', 'eslint.js'),
    args: ['.', '--max-warnings', '0'],
  },
  { name: 'types', script: bin('vue-tsc', 'bin', 'vue-tsc.js'), args: ['-b'] },
  { name: 'format', script: bin('prettier', 'bin', 'prettier.cjs'), args: ['--check', '.'] },
  {
    name: 'layers',
    script: bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    args: ['--config', '.dependency-cruiser.cjs', 'main', 'renderer', 'shared', 'bench', 'test'],
  },
]

/** A compiler and a linter use one core each. */
const atOnce = 2

/**
 * @param {{ script: string, args: string[] }} check
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function outputOf({ script, args }) {
  return new Promise((resolve, reject) => {
    const child = spawnOnLeash(process.execPath, [script, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

/**
 * Runs them all, whether or not one fails; each prints what it has to say when it is done.
 * @returns {Promise<import('./testCounts.mjs').Counts>}
 */
export async function runStaticChecks() {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const waiting = [...checks]
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { code, output } = await outputOf(check)
      if (code === 0) counts.passed += 1
      else counts.failed += 1
      const end = `${check.name}: ${code === 0 ? 'passed' : 'FAILED'}`
      process.stdout.write(`\n== ${check.name}\n${output}${end}\n`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return counts
}
