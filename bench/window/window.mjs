// What both measurements of the window share: the real app at 1280 x 800, quantiles, and a line of
// JSON a step with the machine's load beside it.
import os from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron } from 'playwright-core'
import { electronExecutable, electronFlags } from '../../scripts/setup/electronRuntime.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** @param {number[]} values @param {number} part */
export const quantile = (values, part) =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * part))
  ] ?? 0
/** @param {number} value */
export const tenth = (value) => Math.round(value * 10) / 10
/** @param {Record<string, string | number>} facts */
export const say = (facts) =>
  process.stdout.write(`${JSON.stringify({ ...facts, load: tenth(os.loadavg()[0] ?? 0) })}\n`)

/** @param {string} home @param {Record<string, string[]>} [choose] what file dialogs answer */
export async function open(home, choose = {}) {
  const executablePath = electronExecutable()
  if (!executablePath) throw new Error('There is no Electron: run `npm run setup` first')
  const app = await _electron.launch({
    executablePath,
    args: [...electronFlags(), root],
    env: { ...process.env, RESTAGE_HOME: home, RESTAGE_CHOOSE: JSON.stringify(choose) },
  })
  const page = await app.firstWindow()
  await page.getByTestId('view-data').waitFor({ timeout: 60_000 })
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800),
  )
  return { app, page }
}
/** @typedef {Awaited<ReturnType<typeof open>>} Opened */
