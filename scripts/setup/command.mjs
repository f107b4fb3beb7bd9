// Runs other programs for the scripts. A program that fails throws with the end of what it
// printed, so that a person sees the reason without digging for a log.

import { spawn, spawnSync } from 'node:child_process'

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
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => reject(new Error(`${program}: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output)
      const tail = output.trimEnd().split('\n').slice(-15).join('\n')
      const how = signal ? `was stopped by ${signal}` : `exited with ${code}`
      reject(new Error(`${program} ${args.slice(0, 3).join(' ')} ${how}\n${tail}`))
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
