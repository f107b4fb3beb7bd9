// `npm run setup`: brings a fresh checkout to where everything runs, and is called first by
// every other script. What must stay true: only Node's built-ins are imported here and below, each
// step checks cheaply whether it is needed, and being killed at any moment leaves nothing that a
// later run would take for finished.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianPackagesReady, setUpDebianPackages } from './setup/debianPackages.mjs'
import { electronReady, setUpElectron } from './setup/electronRuntime.mjs'
import { withLock } from './setup/lock.mjs'
import { nextNodeReady, setUpNextNode } from './setup/nextNode.mjs'
import { packagesReady, setUpPackages } from './setup/packages.mjs'
import { setUpSharpGlib, sharpGlibReady } from './setup/sharpGlib.mjs'
import { setUpTensorflow, tensorflowReady } from './setup/tensorflow.mjs'

/**
 * @typedef {(line: string) => void} Say
 * @typedef {{ name: string, ready: () => boolean, run: (say: Say) => Promise<void> }} Step
 */

/** What the command line needs. @type {readonly Step[]} */
const engineSteps = [
  { name: 'packages', ready: packagesReady, run: setUpPackages },
  { name: 'tensorflow', ready: tensorflowReady, run: setUpTensorflow },
]

/** What the window needs besides. @type {readonly Step[]} */
const windowSteps = [
  { name: 'sharp', ready: sharpGlibReady, run: setUpSharpGlib },
  { name: 'electron', ready: electronReady, run: setUpElectron },
  { name: 'system', ready: debianPackagesReady, run: setUpDebianPackages },
]

/** What only the tests need. @type {readonly Step[]} */
const testSteps = [{ name: 'next node', ready: nextNodeReady, run: setUpNextNode }]

/**
 * Does what is left to do; returns at once where that is nothing.
 * @param {{ window?: boolean, tests?: boolean, say?: Say }} [options] window: also what Electron
 *   needs, true unless given; tests: also what only tests need; say: receives progress lines, which go to stderr unless given
 * @throws {Error} with a reason fit for a person
 */
export async function setUp({ window = true, tests = false, say = sayToStderr } = {}) {
  const steps = [...engineSteps, ...(window ? windowSteps : []), ...(tests ? testSteps : [])]
  if (steps.every((step) => step.ready())) return
  await withLock('setup', { say }, async () => {
    for (const step of steps) {
      if (step.ready()) continue
      const started = Date.now()
      await step.run((line) => say(`[${step.name}] ${line}`))
      const seconds = ((Date.now() - started) / 1000).toFixed(1)
      if (step.ready()) say(`[${step.name}] ready after ${seconds} s`)
    }
  })
}

/** @param {string} line */
function sayToStderr(line) {
  process.stderr.write(`${line}\n`)
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await setUp()
    process.stderr.write('Set-up is complete.\n')
  } catch (error) {
    process.stderr.write(`Set-up stopped: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
