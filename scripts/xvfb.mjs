// A screen for machines that have none: starts Xvfb on a display number that Xvfb itself picks,
// and ends it with the work it was started for, or with this process.

import { existsSync } from 'node:fs'
import { spawnOnLeash } from './setup/command.mjs'

/** Whether windows can open without help from Xvfb. */
export function hasScreen() {
  if (process.platform !== 'linux') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * Runs the action with a screen: the one there is, or an invisible one of 1440 x 900.
 * @template T
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} action receives the environment to start
 *   programs with
 * @param {{ always?: boolean }} [options] always: an invisible screen even where there is a real one
 * @returns {Promise<T>}
 * @throws {Error} when Xvfb is needed and does not start
 */
export async function withScreen(action, { always = false } = {}) {
  if (process.platform !== 'linux' || (hasScreen() && !always)) return action(process.env)
  const server = spawnOnLeash(
    'Xvfb',
    // -displayfd: takes the first free number and writes it once the server accepts clients.
    [...['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp', '-noreset']],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  )
  try {
    const display = await displayNumber(server)
    const { WAYLAND_DISPLAY: _hidden, ...env } = process.env
    return await action({ ...env, DISPLAY: `:${display}` })
  } finally {
    server.kill()
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>}
 */
function displayNumber(server) {
  return new Promise((resolve, reject) => {
    let complaint = ''
    server.stderr?.on('data', (chunk) => {
      complaint += chunk
    })
    let written = ''
    server.stdio[3]?.on('data', (chunk) => {
      written += chunk
      if (written.includes('\n')) resolve(written.trim())
    })
    server.on('error', reject)
    server.on('exit', () => {
      const install = existsSync('/usr/bin/Xvfb') ? '' : ' On Debian: apt-get install xvfb'
      reject(new Error(`Xvfb did not start.${install}\n${complaint}`))
    })
    setTimeout(() => reject(new Error('Xvfb did not answer in 20 s')), 20_000).unref()
  })
}
