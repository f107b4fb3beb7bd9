// Drives the real app as a person would and leaves pictures of it: what `npm start` does on a
// machine without a screen.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { electronExecutable, electronFlags } from './setup/electronRuntime.mjs'
import { root } from './setup/paths.mjs'

/**
 * Opens the app, waits for its window and takes a picture.
 * @param {object} options
 * @param {string} options.folder where the pictures go; made when missing
 * @param {NodeJS.ProcessEnv} options.env with a DISPLAY; the app sees it
 * @param {(line: string) => void} options.say
 * @returns {Promise<readonly string[]>} the pictures' paths, in order
 * @throws {Error} when the app does not start or shows no window within 30 s
 */
export async function runDemo({ folder, env, say }) {
  // Imported late: this file is loaded before set-up has installed the packages.
  const { _electron } = await import('playwright-core')
  mkdirSync(folder, { recursive: true })
  const app = await _electron.launch({
    executablePath: electronExecutable(),
    args: [...electronFlags(), root],
    env: /** @type {Record<string, string>} */ ({ ...env, RESTAGE_DEMO: folder }),
    timeout: 30_000,
  })
  try {
    const page = await app.firstWindow({ timeout: 30_000 })
    await page.waitForLoadState('load')
    const picture = join(folder, '1-start.png')
    await page.screenshot({ path: picture })
    say(`wrote ${picture}`)
    return [picture]
  } finally {
    await app.close()
  }
}
