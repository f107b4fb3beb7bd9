// Lets one script at a time set up or build, so that `npm start` and `npm test` begun together do
// not write into the same folder. A lock whose owner died counts as free: its owner touches it
// every few seconds while it works.

import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runtimeDirectory } from './paths.mjs'

const heartbeat = 3_000
const staleAfter = 30_000

/** @param {string} path whether the lock's owner is alive */
function isHeld(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > staleAfter) return false
    const owner = Number(readFileSync(path, 'utf8'))
    // Empty for the instant between creation and writing.
    if (owner > 0) process.kill(owner, 0)
    return true
  } catch (error) {
    // Someone else's process: it is there, we may just not signal it.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** @param {string} path */
function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    return false
  }
}

/**
 * Runs the action while holding the lock of that name.
 * @template T
 * @param {string} name
 * @param {{ say: (line: string) => void }} options
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(name, { say }, action) {
  mkdirSync(runtimeDirectory, { recursive: true })
  const path = join(runtimeDirectory, `${name}.lock`)
  for (let waited = 0; !take(path); waited += 1) {
    if (!isHeld(path)) rmSync(path, { force: true })
    else if (waited === 0) say(`waiting for another ${name} to finish`)
    await new Promise((resolve) => setTimeout(resolve, waited === 0 ? 50 : 500))
  }
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), heartbeat)
  try {
    return await action()
  } finally {
    clearInterval(beat)
    rmSync(path, { force: true })
  }
}
