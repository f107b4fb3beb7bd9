// Drives the real app as a person would, from the first card to an exported model, and leaves
// pictures of every room: what `npm start` does on a machine without a screen. What must stay true:
// it uses a data folder of its own, so that it meets the app as new and leaves a person's work alone.
// RESTAGE_SHOTS=all adds the dark look and the smallest window.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { electronExecutable, electronFlags } from './setup/electronRuntime.mjs'
import { root } from './setup/paths.mjs'
import { withScreen } from './xvfb.mjs'

/** @typedef {import('playwright-core').ElectronApplication} App */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ colorScheme: 'light' | 'dark', width: number, height: number, suffix: string }} Look */

const rooms = ['data', 'network', 'train', 'evaluate', 'use']
/** Timeout, longer than the leaves take on two slow cores. */
const trainingLimit = 240_000
/** @type {Look} */
const usual = { colorScheme: 'light', width: 1280, height: 800, suffix: '' }
/** @type {readonly Look[]} */
const others = [
  { colorScheme: 'dark', width: 1280, height: 800, suffix: '-dark' },
  { colorScheme: 'light', width: 960, height: 640, suffix: '-small' },
  { colorScheme: 'dark', width: 960, height: 640, suffix: '-small-dark' },
]

/**
 * Opens the app on the drawn leaves, fine-tunes, looks into every room, predicts a leaf and exports.
 * @param {object} options
 * @param {string} options.folder where the results go; made when missing
 * @param {NodeJS.ProcessEnv} options.env with a DISPLAY; the app sees it
 * @param {(line: string) => void} options.say
 * @returns {Promise<readonly string[]>} the paths of what it left, in order
 * @throws {Error} when a step does not succeed; `failure.png` then shows the window
 */
export async function runDemo({ folder, env, say }) {
  // Imported late: this file is loaded before set-up has installed the packages.
  const { _electron } = await import('playwright-core')
  mkdirSync(folder, { recursive: true })
  const exportFolder = join(folder, 'export')
  for (const old of ['export', 'failure.png', 'failure.log'])
    rmSync(join(folder, old), { recursive: true, force: true })
  mkdirSync(exportFolder)
  const home = mkdtempSync(join(tmpdir(), 'restage-demo-'))
  const leaf = join(home, 'sample-leaves', 'Willow', 'leaf-001.jpg')
  const app = await _electron.launch({
    executablePath: electronExecutable(),
    args: [...electronFlags(), root],
    env: /** @type {Record<string, string>} */ ({
      ...env,
      RESTAGE_HOME: home,
      RESTAGE_CHOOSE: JSON.stringify({ picture: [leaf], 'export-folder': [exportFolder] }),
    }),
    timeout: 60_000,
  })
  try {
    const page = await app.firstWindow({ timeout: 60_000 })
    try {
      await walk(page, say)
      const left = await pictures({ app, page, folder })
      const metrics = metricsFile(home)
      const copy = join(folder, 'metrics.jsonl')
      copyFileSync(metrics, copy)
      const [exported = ''] = readdirSync(exportFolder)
      left.push(copy, join(exportFolder, exported, 'restage-tfjs'))
      for (const path of left) {
        if (!existsSync(path)) throw new Error(`${path} is missing`)
        say(`wrote ${path}`)
      }
      return left
    } catch (error) {
      const picture = join(folder, 'failure.png')
      await page.screenshot({ path: picture }).catch(() => undefined)
      say(`the window as it stood: ${picture}`)
      const log = join(home, 'logs', 'main.log')
      if (existsSync(log)) copyFileSync(log, join(folder, 'failure.log'))
      throw error
    }
  } finally {
    await app.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/**
 * From the first card to an exported model.
 * @param {Page} page
 * @param {(line: string) => void} say
 */
async function walk(page, say) {
  await page.getByTestId('try-sample').click({ timeout: 30_000 })
  await page.locator('[data-testid^=tile-]').first().waitFor({ timeout: 60_000 })
  await page.locator('[data-testid=fine-tune]:enabled').waitFor({ timeout: 60_000 })
  say(`photos are in: ${await page.getByTestId('fine-tune-sentence').innerText()}`)
  await page.getByTestId('fine-tune').click()
  await page
    .locator('[data-testid=run-status][data-status=finished]')
    .waitFor({ timeout: trainingLimit })
  say(
    `trained: validation accuracy ${await page.getByTestId('best-accuracy').getAttribute('data-value')}`,
  )
  await page.getByTestId('room-evaluate').click()
  await page.getByTestId('confusion-0-0').click({ timeout: 60_000 })
  await page.getByTestId('room-use').click()
  await page.getByTestId('choose-picture').click()
  const label = page.getByTestId('prediction-label')
  await label.waitFor({ timeout: 60_000 })
  say(`a leaf is taken for: ${await label.innerText()}`)
  await page.getByTestId('export-tfjs').click()
  await page.getByTestId('export-result-tfjs').waitFor({ timeout: 60_000 })
}

/**
 * A picture of each room in each look.
 * @param {{ app: App, page: Page, folder: string }} shot
 */
async function pictures({ app, page, folder }) {
  /** @type {string[]} */
  const left = []
  for (const look of process.env.RESTAGE_SHOTS === 'all' ? [usual, ...others] : [usual]) {
    await page.emulateMedia({ colorScheme: look.colorScheme })
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, look)
    for (const room of rooms) {
      await page.getByTestId(`room-${room}`).click()
      await page.getByTestId(`view-${room}`).waitFor()
      await seen(page)
      const picture = join(folder, `${room}${look.suffix}.png`)
      await page.screenshot({ path: picture })
      left.push(picture)
    }
  }
  return left
}

/**
 * Until the thumbnails in sight are drawn and transitions are over.
 * @param {Page} page
 */
async function seen(page) {
  await page
    .waitForFunction('[...document.images].every((image) => image.complete)', null, {
      timeout: 10_000,
    })
    .catch(() => undefined)
  await page.waitForTimeout(400)
}

/** @param {string} home */
function metricsFile(home) {
  const found = readdirSync(home, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('metrics.jsonl'),
  )
  if (!found) throw new Error('the run left no metrics.jsonl')
  return join(home, found)
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  /** @param {string} line */
  const say = (line) => process.stdout.write(`${line}\n`)
  try {
    await withScreen((env) => runDemo({ folder: join(root, 'out', 'demo'), env, say }))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
