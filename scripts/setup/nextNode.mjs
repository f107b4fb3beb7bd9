// A newer Node than the one that runs the tests, so that they can show that the engine works the
// same in both. It comes from the npm registry, like every other package; where there is none for
// this machine (or no way to fetch it) the test that wants it skips and says so.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runQuietly } from './command.mjs'
import { platformKey, runtimeDirectory, runtimeLock } from './paths.mjs'

const locked = runtimeLock.nextNode[platformKey]
const home = join(runtimeDirectory, 'next-node')

/** The newer Node; undefined where there is none. */
export function nextNode() {
  const path = join(home, locked?.version ?? '', 'node')
  return locked && existsSync(path) ? path : undefined
}

export const nextNodeReady = () => !locked || nextNode() !== undefined

/** @param {(line: string) => void} say */
export async function setUpNextNode(say) {
  if (!locked) return
  say(`fetching Node ${locked.version} for a test (about 50 MB)`)
  const partial = `${home}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  try {
    await runQuietly('npm', ['pack', '--silent', locked.requirement], {
      cwd: partial,
      timeout: 300_000,
    })
    const sha256 = createHash('sha256')
      .update(readFileSync(join(partial, locked.file)))
      .digest('hex')
    if (sha256 !== locked.sha256) throw new Error(`${locked.file} has SHA-256 ${sha256}`)
    await runQuietly('tar', ['xzf', locked.file, '--strip-components=2', 'package/bin/node'], {
      cwd: partial,
    })
    rmSync(join(partial, locked.file))
    mkdirSync(home, { recursive: true })
    renameSync(partial, join(home, locked.version))
  } catch (error) {
    // Only one test needs it, and that one says what it skips.
    say(`Node ${locked.version} could not be fetched: ${error}`)
    rmSync(partial, { recursive: true, force: true })
  }
}
