// Measures the window with 60,000 pictures in the real app: `node bench/window/measure.mjs PHOTOS`
// (under a display; PHOTOS as bench/dataset/generate.mjs writes them, 1000 in each of 60 folders).
// Times are taken inside the window, from the event that a hand would cause to the frame that shows
// its outcome; all of it while the pictures are still being read, but the last step. One JSON line a
// step, with the machine's load beside it. Build first (`npm run build`), make the pictures with
// `node bench/dataset/measure.mjs generate`, and without a display run it under `xvfb-run -a`.

import { mkdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { open, quantile, say, tenth } from './window.mjs'

const photos = resolve(process.argv[2] ?? '/tmp/restage-bench/photos')
const home = process.argv[3] ?? '/tmp/restage-bench-home'
const rounds = 5

/** @typedef {import('./window.mjs').Opened} Opened */

/** @param {Opened} opened @returns {Promise<number>} of the window's process, in MB */
async function memory({ app }) {
  const metrics = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().map(({ type, memory }) => ({ type, memory })),
  )
  const window = metrics.find(({ type }) => type === 'Tab')
  return Math.round((window?.memory.workingSetSize ?? 0) / 1024)
}

/** Gaps between frames while the grid moves, in milliseconds. @param {Opened} opened */
function scrollGaps({ page }, /** @type {{ step: number, seconds: number }} */ how) {
  return page.evaluate(
    ({ step, seconds }) =>
      new Promise((/** @type {(gaps: number[]) => void} */ resolve) => {
        const grid = document.querySelector('[data-testid=grid]')
        if (!grid) throw new Error('There is no grid')
        /** @type {number[]} */
        const gaps = []
        let last = 0
        const start = performance.now()
        const frame = (/** @type {number} */ now) => {
          if (last) gaps.push(now - last)
          last = now
          grid.scrollTop += step
          if (now - start < seconds * 1000) requestAnimationFrame(frame)
          else resolve(gaps)
        }
        requestAnimationFrame(frame)
      }),
    how,
  )
}

/** From a key to the frame in which the number beside the first class has changed.
 *  @param {Opened} opened @param {string} key */
async function keyToScreen({ page }, key) {
  // Listening before the key is pressed: two messages would race.
  const time = await page.evaluateHandle(() => {
    const row = document.querySelector('[data-testid^=class-row-]')
    /** @type {string | null | undefined} */
    let before
    let began = 0
    const begin = () => {
      before = row?.getAttribute('data-count')
      began = performance.now()
    }
    window.addEventListener('keydown', begin, { capture: true, once: true })
    const seen = new Promise((/** @type {(time: number) => void} */ resolve) => {
      const frame = () => {
        if (!began || row?.getAttribute('data-count') === before) requestAnimationFrame(frame)
        // The frame after the one that was changed is the first in which it has been drawn.
        else requestAnimationFrame(() => resolve(performance.now() - began))
      }
      requestAnimationFrame(frame)
    })
    return { seen }
  })
  await page.keyboard.press(key)
  return time.evaluate(({ seen }) => seen)
}

/** How many pictures the grid has rows for. @param {Opened} opened */
async function listed({ page }) {
  const grid = page.getByTestId('grid')
  if (!(await grid.count())) return 0
  const [rows, columns] = [
    await grid.getAttribute('aria-rowcount'),
    await grid.getAttribute('aria-colcount'),
  ]
  return Number(rows) * Number(columns)
}

rmSync(home, { recursive: true, force: true })
mkdirSync(home)
let opened = await open(home, { folder: [photos] })
try {
  const { page } = opened
  await page.getByTestId('choose-folder').waitFor()
  await page.waitForTimeout(3000)
  const began = Date.now()
  await page.getByTestId('choose-folder').click()
  const drawn = () =>
    [...document.querySelectorAll('[data-testid=grid] img')].some(
      (image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0,
    )
  await page.waitForFunction(drawn, undefined, { timeout: 120_000 })
  say({ step: 'first thumbnail', ms: Date.now() - began })
  while ((await listed(opened)) < 60_000) {
    if (Date.now() - began > 120_000) break
    await page.waitForTimeout(50)
  }
  say({ step: 'all listed', ms: Date.now() - began, pictures: await listed(opened) })

  // The screen is used while files are still being read.
  for (const [name, step] of /** @type {const} */ ([
    ['scroll', 30],
    ['scroll fast', 400],
    ['scroll through', 9000],
  ])) {
    await page.getByTestId('grid').evaluate((grid) => (grid.scrollTop = 0))
    await page.waitForTimeout(500)
    const gaps = await scrollGaps(opened, { step, seconds: 6 })
    say({
      step: name,
      frames: gaps.length,
      median: tenth(quantile(gaps, 0.5)),
      p99: tenth(quantile(gaps, 0.99)),
      worst: tenth(Math.max(...gaps)),
      above50: gaps.filter((gap) => gap > 50).length,
    })
  }
  say({ step: 'memory after scrolling', MB: await memory(opened) })

  const rows = page.locator('[data-testid^=class-row-]')
  for (let at = 1; at <= 10; at++) {
    await rows.nth(at).click(at === 1 ? {} : { modifiers: ['Control'] })
  }
  await page.getByTestId('grid').focus()
  const times = []
  const undone = []
  for (let round = 0; round < rounds; round++) {
    await page.keyboard.press('Control+a')
    await page.locator('[data-testid=selection-bar][data-count="10000"]').waitFor()
    await page.waitForTimeout(500)
    times.push(await keyToScreen(opened, '1'))
    await page.waitForTimeout(500)
    undone.push(await keyToScreen(opened, 'Control+z'))
    await page.waitForTimeout(500)
  }
  say({
    step: 'relabel 10,000',
    median: tenth(quantile(times, 0.5)),
    worst: tenth(Math.max(...times)),
    all: times.map(tenth).join(' '),
  })
  say({
    step: 'undo of 10,000',
    median: tenth(quantile(undone, 0.5)),
    worst: tenth(Math.max(...undone)),
    all: undone.map(tenth).join(' '),
  })
  say({ step: 'memory after relabelling', MB: await memory(opened) })
  await opened.app.close()

  const again = Date.now()
  opened = await open(home, { folder: [photos] })
  while ((await listed(opened)) < 60_000 && Date.now() - again < 60_000)
    await opened.page.waitForTimeout(20)
  await opened.page.waitForFunction(drawn, undefined, { timeout: 60_000 })
  say({ step: 'reopened, from the start of the app', ms: Date.now() - again })
  await opened.page.waitForTimeout(4000)
  say({ step: 'memory after reopening', MB: await memory(opened) })
} finally {
  await opened.app.close()
  rmSync(home, { recursive: true, force: true })
}
