// Fetches one locked Python wheel with pip and takes files out of it. pip is used, rather than
// an address of our own, because it follows the person's index, mirror and proxy settings. What
// must stay true: a wheel under its final name has been checked against the lock file.

import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { answers, attempt, runQuietly } from './command.mjs'
import { runtimeDirectory } from './paths.mjs'

const downloads = join(runtimeDirectory, 'downloads')

/** @param {string} path @returns {Promise<string>} the file's SHA-256 in hexadecimal */
async function sha256(path) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/**
 * Downloads the wheel, or takes the one an interrupted set-up had already checked.
 * @param {import('./paths.mjs').LockedWheel} wheel
 * @returns {Promise<string>} its path
 * @throws {Error} when there is no pip, the download fails, or the checksum differs
 */
export async function fetchWheel(wheel) {
  const path = join(downloads, wheel.file)
  if (existsSync(path)) return path
  if (!answers('python3', ['-m', 'pip', '--version'])) {
    throw new Error('python3 with pip is needed. On Debian: apt-get install python3-pip')
  }
  const partial = join(downloads, `${wheel.file}.partial`)
  await attempt(2, async () => {
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    await runQuietly('python3', [
      ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir'],
      ...['--disable-pip-version-check', '--implementation', 'cp'],
      ...['--python-version', wheel.python, '--dest', partial, wheel.requirement],
    ])
    const found = await sha256(join(partial, wheel.file))
    if (found !== wheel.sha256) {
      throw new Error(`${wheel.file} has SHA-256 ${found}, the lock file says ${wheel.sha256}`)
    }
  })
  renameSync(join(partial, wheel.file), path)
  rmSync(partial, { recursive: true, force: true })
  return path
}

// Node has no zip reader of its own, and python3 is needed for pip anyway.
const extractScript = `
import os, shutil, sys, zipfile
wheel, target, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        for prefix, below in (want.split('=') for want in wanted):
            start = entry.filename.find(prefix)
            if start < 0 or entry.is_dir():
                continue
            path = os.path.join(target, below + entry.filename[start + len(prefix):])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(entry) as source, open(path, 'wb') as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            break
`

/**
 * Takes files out of a wheel into a folder.
 * @param {string} wheel
 * @param {string} target
 * @param {Record<string, string>} entries part of a path inside the wheel -> what replaces
 *   everything up to and including it: `{'tensorflow/include/': 'include/'}`
 */
export async function extractFromWheel(wheel, target, entries) {
  const wanted = Object.entries(entries).map(([prefix, below]) => `${prefix}=${below}`)
  await runQuietly('python3', ['-c', extractScript, wheel, target, ...wanted])
}
