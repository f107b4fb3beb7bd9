// `npm run restage -- COMMAND`: the command line from a checkout. What must stay true: stdout carries
// the command's own output and nothing else, so set-up and build speak on stderr.

import { constants } from 'node:os'
import { join } from 'node:path'
import { build } from './build.mjs'
import { setUp } from './setup.mjs'
import { spawnOnLeash } from './setup/command.mjs'
import { root } from './setup/paths.mjs'

/** Two signals closer than this, in ms, are one Ctrl-C that arrived by two ways. */
const sameKeystroke = 300

/** @param {readonly string[]} args @returns {Promise<number>} its exit code */
function runCommandLine(args) {
  return new Promise((resolve, reject) => {
    const entry = join(root, 'dist', 'cli', 'index.cjs')
    // In a group of its own: a terminal's Ctrl-C and npm's forwarding of it would otherwise each
    // reach the command, and a second Ctrl-C means something else than the first.
    const detached = process.platform !== 'win32'
    const child = spawnOnLeash(process.execPath, [entry, ...args], { stdio: 'inherit', detached })
    let lastSignal = 0
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        if (Date.now() - lastSignal > sameKeystroke) child.kill(signal)
        lastSignal = Date.now()
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

try {
  await setUp({ window: false })
  await build({ window: false })
  process.exitCode = await runCommandLine(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
