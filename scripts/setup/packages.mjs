// Installs the JavaScript packages of package-lock.json. npm writes what it installed to
// node_modules/.package-lock.json last of all, so comparing the two tells both a missing and an
// interrupted installation, and leaves one made by hand with `npm install` alone.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, runQuietly } from './command.mjs'
import { root } from './paths.mjs'

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }>}
 */
function lockedPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

/** Whether every package of the lock file is installed in its version; some 10 ms. */
export function packagesReady() {
  const installedLock = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedLock)) return false
  const installed = lockedPackages(installedLock)
  return Object.entries(lockedPackages(join(root, 'package-lock.json'))).every(
    ([path, entry]) =>
      path === '' ||
      // Optional packages are mostly other platforms' binaries.
      (entry.optional && !installed[path]) ||
      (installed[path]?.version === entry.version &&
        installed[path]?.integrity === entry.integrity),
  )
}

/**
 * @param {(line: string) => void} say
 * @throws {Error} when npm fails twice
 */
export async function setUpPackages(say) {
  say('installing the JavaScript packages')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  await attempt(2, () =>
    runQuietly(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
    }),
  )
}
