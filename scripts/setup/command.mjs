// Runs other programs for the scripts. A program that fails throws with the end of what it
// printed, so that a person sees the reason without digging for a log.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'

// On Linux a child is told to end when the script dies, even by `kill -9`: an orphaned npm would
// otherwise write into the folder that the next run is already filling.
const leash = existsSync('/usr/bin/setpriv')
  ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM', '--']
  : []

/**
 * Starts a program that ends, at the latest, with this one.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function spawnOnLeash(program, args, options) {
  const [first = program, ...rest] = [...leash, program, ...args]
  return spawn(first, rest, options)
}

/** The reason stands at the beginning or at the end of what a program prints. @param {string} text */
function excerpt(text) {
  const lines = text.trimEnd().split('\n')
  return lines.length <= 24
    ? lines.join('\n')
    : [...lines.slice(0, 12), '...', ...lines.slice(-12)].join('\n')
}

/**
 * Runs a program quietly and resolves with what it printed (both streams, in order).
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options] timeout in ms
 * @returns {Promise<string>}
 * @throws {Error} when it cannot be started, exits other than 0, or outlives the timeout
 */
export function runQuietly(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    let output = ''
    const child = spawnOnLeash(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString()
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.on('error', (error) => reject(new Error(`${program}: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output)
      const how = signal ? `was stopped by ${signal}` : `exited with ${code}`
      reject(new Error(`${program} ${args.slice(0, 3).join(' ')} ${how}\n${excerpt(output)}`))
    })
  })
}

/**
 * Runs a program whose output a person follows as it comes.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options] stdio is inherited unless given
 * @returns {Promise<number>} the exit code; 128 + the signal's number when one ended it
 */
export function runVisibly(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawnOnLeash(program, args, { stdio: 'inherit', ...options })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

/**
 * Whether a program is there and answers.
 * @param {string} program
 * @param {readonly string[]} args
 */
export function answers(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

/**
 * Tries again: registries drop connections now and then.
 * @template T
 * @param {number} times
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function attempt(times, action) {
  for (let left = times - 1; ; left -= 1) {
    try {
      return await action()
    } catch (error) {
      if (left <= 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
  }
}
