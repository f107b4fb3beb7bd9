// `npm run setup`: brings a fresh checkout to where everything runs, and is called first by
// every other script. What must stay true: only Node's built-ins are imported here and below, each
// step checks cheaply whether it is needed, and being killed at any moment leaves nothing that a
// later run would take for finished.

import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packagesReady, setUpPackages } from './setup/packages.mjs'
import { runtimeDirectory } from './setup/paths.mjs'
import { setUpTensorflow, tensorflowReady } from './setup/tensorflow.mjs'

/**
 * @typedef {(line: string) => void} Say
 * @typedef {{ name: string, ready: () => boolean, run: (say: Say) => Promise<void> }} Step
 */

/** @type {readonly Step[]} */
const steps = [
  { name: 'packages', ready: packagesReady, run: setUpPackages },
  { name: 'tensorflow', ready: tensorflowReady, run: setUpTensorflow },
]

/**
 * Does what is left to do; returns at once where that is nothing.
 * @param {{ say?: Say }} [options] say: receives progress lines; stderr unless given
 * @throws {Error} with a reason fit for a person
 */
export async function setUp({ say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  if (steps.every((step) => step.ready())) return
  mkdirSync(runtimeDirectory, { recursive: true })
  for (const step of steps) {
    if (step.ready()) continue
    const started = Date.now()
    await step.run((line) => say(`[${step.name}] ${line}`))
    say(`[${step.name}] ready after ${((Date.now() - started) / 1000).toFixed(1)} s`)
  }
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
