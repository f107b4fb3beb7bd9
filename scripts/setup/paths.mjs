// Where set-up puts things. Everything heavy lies under .runtime/, which git ignores, so that
// deleting that folder and node_modules/ brings the checkout back to how it was cloned.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root, absolute. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export const runtimeDirectory = join(root, '.runtime')

/** The row of the lock tables that fits this machine, for example `linux-x64`. */
export const platformKey = `${process.platform}-${process.arch}`

/**
 * @typedef {object} LockedWheel
 * @property {string} version what the wheel carries: of TensorFlow, or of Electron
 * @property {string} requirement what pip is asked for, pinned
 * @property {string} python the Python version the wheel was built for; need not be the one here
 * @property {string} file the wheel's file name
 * @property {string} sha256
 * @property {string[]} [libraries] TensorFlow: shared libraries to keep
 * @property {string} [archive] Electron: end of the path of the packed AppImage
 * @property {string} [executable] Electron: the executable's name inside it
 */

/**
 * @typedef {object} LockedPackage
 * @property {string} version
 * @property {string} requirement what npm is asked for, pinned
 * @property {string} file
 * @property {string} sha256
 */

/**
 * @type {{
 *   tensorflow: Record<string, LockedWheel>,
 *   electron: Record<string, LockedWheel>,
 *   nextNode: Record<string, LockedPackage>,
 * }}
 */
export const runtimeLock = JSON.parse(
  readFileSync(join(root, 'scripts', 'runtime.lock.json'), 'utf8'),
)
