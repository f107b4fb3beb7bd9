// The shared libraries Electron is linked against, and Xvfb for machines without a screen. They
// are the system's own: installed only as root, and otherwise named with the command to type.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { answers, attempt, runQuietly } from './command.mjs'
import { electronExecutable } from './electronRuntime.mjs'

const needed = [
  ...['xvfb', 'libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'],
  ...['libatk-bridge2.0-0', 'libdrm2'],
]

/** @returns {string[]} what is missing, as names a person can search for */
function missingPieces() {
  const executable = electronExecutable()
  if (process.platform !== 'linux' || !executable) return []
  const linked = spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout ?? ''
  const libraries = [...linked.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '')
  const screen = process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  const searched = (process.env.PATH ?? '').split(':')
  const xvfb = screen || searched.some((folder) => existsSync(`${folder}/Xvfb`))
  return xvfb ? libraries : ['Xvfb', ...libraries]
}

/** Whether nothing is missing; some 30 ms. */
export function debianPackagesReady() {
  return missingPieces().length === 0
}

/** Debian 13 renamed some packages when it made time 64 bits wide. @param {string} name */
function currentName(name) {
  const renamed = `${name}t64`
  const known = execFileSync('apt-cache', ['pkgnames', renamed], { encoding: 'utf8' })
  return known.split('\n').includes(renamed) ? renamed : name
}

/**
 * Installs them, or says how. Does not throw: the command line and all tests but the window's
 * run without.
 * @param {(line: string) => void} say
 */
export async function setUpDebianPackages(say) {
  const missing = missingPieces().join(', ')
  if (process.getuid?.() !== 0 || !answers('apt-get', ['--version'])) {
    say(`Electron needs ${missing}. On Debian: sudo apt-get install ${needed.join(' ')}`)
    return
  }
  say(`installing system packages for ${missing}`)
  try {
    await attempt(2, async () => {
      await runQuietly('apt-get', ['update', '-q'])
      await runQuietly(
        'apt-get',
        ['install', '-y', '-q', '--no-install-recommends', ...needed.map(currentName)],
        { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } },
      )
    })
  } catch (error) {
    say(`the window cannot open yet: ${error instanceof Error ? error.message : error}`)
  }
}
