// `npm test`: sets up, builds, then runs every static check and test suite, going on after failures.
// The small tests run beside the static checks, for of these one goes on alone at the end.
// The last line says what came of it, for people and machines alike.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { setUp } from './setup.mjs'
import { runVisibly } from './setup/command.mjs'
import { root } from './setup/paths.mjs'
import { runStaticChecks } from './staticChecks.mjs'
import { closingLine, countVitest, sum } from './testCounts.mjs'
import { withScreen } from './xvfb.mjs'

/** @typedef {import('./testCounts.mjs').Counts} Counts */

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`)

/**
 * @param {string} project one of vitest.config.ts
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Counts>}
 */
async function runVitest(project, env = process.env) {
  say(`\n== ${project} tests`)
  const report = join(root, 'out', 'test', `${project}.json`)
  mkdirSync(join(root, 'out', 'test'), { recursive: true })
  rmSync(report, { force: true })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = [vitest, 'run', '--project', project, '--passWithNoTests', ...reporters]
  const code = await runVisibly(process.execPath, args, { cwd: root, env })
  return countVitest(report, code)
}

/**
 * Runs one part; one that throws counts as a failure and stops nothing after it.
 * @param {string} name
 * @param {() => Promise<Counts>} part
 * @returns {Promise<Counts>}
 */
async function guarded(name, part) {
  try {
    return await part()
  } catch (error) {
    say(`${name} failed: ${error instanceof Error ? error.message : error}`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/** Two windows at a time, each on an invisible screen of its own, even where there is a real one: no
 *  windows popping up, one known size, and neither takes the focus of the other. */
const runWindowTests = () =>
  withScreen(
    ({ DISPLAY: first }) =>
      withScreen(
        (env) => runVitest('e2e', { ...env, RESTAGE_SCREENS: `${first} ${env.DISPLAY}` }),
        { always: true },
      ),
    { always: true },
  )

const nothing = { passed: 0, failed: 0, skipped: 0 }

async function setUpAll() {
  await setUp({ tests: true, say })
  return nothing
}

async function buildAll() {
  await build({ say })
  return { ...nothing, passed: 1 }
}

// Without set-up nothing else can run.
const counts = [await guarded('set-up', setUpAll)]
if (counts[0]?.failed === 0) {
  counts.push(await guarded('build', buildAll))
  counts.push(
    ...(await Promise.all([
      guarded('static checks', runStaticChecks),
      guarded('fast tests', () => runVitest('fast')),
    ])),
  )
  counts.push(await guarded('engine tests', () => runVitest('engine')))
  counts.push(await guarded('window tests', runWindowTests))
}
const total = sum(counts)
process.exitCode = total.failed > 0 ? 1 : 0
say(`\n${closingLine(total)}`)
