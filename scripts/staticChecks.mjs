// The checks that read the sources without running them. Each counts as one test.

import { join } from 'node:path'
import { runVisibly } from './setup/command.mjs'
import { root } from './setup/paths.mjs'

const bin = (/** @type {string[]} */ ...path) => join(root, 'node_modules', ...path)

const checks = [
  { name: 'format', script: bin('prettier', 'bin', 'prettier.cjs'), args: ['--check', '.'] },
  {
    name: 'lint',
    script: bin('eslint', 'bin', 'eslint.js'),
    args: ['.', '--max-warnings', '0'],
  },
  { name: 'types', script: bin('vue-tsc', 'bin', 'vue-tsc.js'), args: ['-b'] },
  {
    name: 'layers',
    script: bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    args: ['--config', '.dependency-cruiser.cjs', 'main', 'renderer', 'shared', 'bench', 'test'],
  },
]

/**
 * Runs them all, one after the other, whether or not one fails.
 * @returns {Promise<import('./testCounts.mjs').Counts>}
 */
export async function runStaticChecks() {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { name, script, args } of checks) {
    process.stdout.write(`\n== ${name}\n`)
    const code = await runVisibly(process.execPath, [script, ...args], { cwd: root })
    if (code === 0) counts.passed += 1
    else counts.failed += 1
    process.stdout.write(`${name}: ${code === 0 ? 'passed' : 'FAILED'}\n`)
  }
  return counts
}
