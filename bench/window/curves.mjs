// Measures the charts with 100,000 points in the real app: `node bench/window/curves.mjs` (under a
// display). The events come from the main process over the channel that the engine's take, so nothing
// between there and the screen is left out. Gaps between frames are taken inside the window while
// something happens in each; one JSON line a step, with the machine's load beside it.

import { mkdirSync, rmSync } from 'node:fs'
import { open, quantile, say, tenth } from './window.mjs'

const home = '/tmp/restage-bench-home'
const points = 100_000
const perEpoch = 1000
const seconds = 5

/** @typedef {import('./window.mjs').Opened} Opened */

/** Sends steps `from` to `to` to the window in groups with a pause between; returns immediately if
 *  there is a pause. @param {Opened} opened
 *  @param {{ from: number, to: number, atOnce: number, pause: number }} how */
const tell = ({ app }, how) =>
  app.evaluate(
    ({ BrowserWindow }, { from, to, atOnce, pause, perEpoch }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const base = { runId: 'bench', time: 0, sequence: 0 }
      const send = (/** @type {object} */ event) => contents?.send('restage:event:run.event', event)
      const step = (/** @type {number} */ at) => {
        const common = { ...base, sequence: 2 * at, time: at * 20 }
        const loss = 2 * Math.exp(-at / 30_000) + 0.3 * Math.random()
        const accuracy = Math.min(1, 1 - loss / 3)
        const speed = { imagesPerSecond: 300 + 40 * Math.random() }
        const rate = { learningRate: 0.01 * (0.5 + 0.5 * Math.cos(at / 40_000)) }
        send({
          ...{ ...common, ...speed, ...rate },
          ...{ type: 'step', step: at, epoch: at / perEpoch, loss, accuracy },
        })
        if (at % perEpoch === 0)
          send({
            ...{ ...common, ...speed, ...rate, sequence: 2 * at + 1, type: 'epoch' },
            ...{ epoch: at / perEpoch, trainLoss: loss, valLoss: loss + 0.1, seconds: 20 },
            ...{ trainAccuracy: accuracy, valAccuracy: accuracy, best: true, predicted: [] },
          })
      }
      if (from === 1) {
        send({
          ...{ ...base, type: 'started', from: 0, classes: ['a', 'b'] },
          ...{ config: { epochs: 1000, batch: 32, legs: null } },
          plan: { epochs: 1000, trainPhotos: 32_000, legs: [], secondsTotal: null },
        })
      }
      if (pause === 0) {
        for (let at = from; at <= to; at++) step(at)
        return
      }
      let at = from
      const timer = setInterval(() => {
        for (let told = 0; told < atOnce && at <= to; told++) step(at++)
        if (at > to) clearInterval(timer)
      }, pause)
    },
    { ...how, perEpoch },
  )

/** Processor time of the window so far, in seconds, without other processes.
 *  @param {Opened} opened @returns {Promise<number>} */
const processorTime = ({ app }) =>
  app.evaluate(
    ({ app: electron }) =>
      electron.getAppMetrics().find(({ type }) => type === 'Tab')?.cpu.cumulativeCPUUsage ?? 0,
  )

/** Frames while `act` goes on, which gets a function that says whether time is left.
 *  @param {Opened} opened @param {string} step @param {(left: () => boolean) => Promise<void>} act */
async function frames(opened, step, act) {
  const { page } = opened
  const before = await processorTime(opened)
  const gaps = page.evaluate(
    (seconds) =>
      new Promise((/** @type {(gaps: number[]) => void} */ resolve) => {
        /** @type {number[]} */
        const gaps = []
        let last = 0
        const start = performance.now()
        const frame = (/** @type {number} */ now) => {
          if (last) gaps.push(now - last)
          last = now
          if (now - start < seconds * 1000) requestAnimationFrame(frame)
          else resolve(gaps)
        }
        requestAnimationFrame(frame)
      }),
    seconds,
  )
  const until = Date.now() + seconds * 1000
  await act(() => Date.now() < until)
  const all = await gaps
  const spent = (await processorTime(opened)) - before
  say({
    step,
    frames: all.length,
    median: tenth(quantile(all, 0.5)),
    p99: tenth(quantile(all, 0.99)),
    worst: tenth(Math.max(...all)),
    above20: all.filter((gap) => gap > 20).length,
    processorMsAFrame: tenth((spent * 1000) / all.length),
  })
}

rmSync(home, { recursive: true, force: true })
mkdirSync(home)
const opened = await open(home)
try {
  const { page } = opened
  await page.getByTestId('room-train').click()
  const began = Date.now()
  await tell(opened, { from: 1, to: points, atOnce: points, pause: 0 })
  await page.waitForFunction(
    (points) =>
      Number(
        document.querySelector('[data-testid=loss-chart]')?.getAttribute('data-points') ?? 0,
      ) >= points,
    points,
    { timeout: 120_000 },
  )
  say({ step: `${points} points told and drawn`, ms: Date.now() - began })
  await page.waitForTimeout(1000)
  const box = await page.getByTestId('loss-chart-plot').boundingBox()
  if (!box) throw new Error('There is no chart')
  const [middle, y] = [box.x + box.width / 2, box.y + box.height / 2]

  await frames(opened, 'at rest', async () => {})
  const live = { from: points + 1, to: points + seconds * 100, atOnce: 10, pause: 100 }
  await tell(opened, live)
  await frames(opened, 'new points, 100 a second', async () => {})
  await frames(opened, 'the pointer moves', async (left) => {
    for (let at = 0; left(); at++) await page.mouse.move(middle + 300 * Math.sin(at / 20), y)
  })
  await page.mouse.click(middle, y)
  await frames(opened, 'wheel zooms in and out', async (left) => {
    for (let at = 0; left(); at++) await page.mouse.wheel(0, at % 60 < 30 ? -60 : 60)
  })
  await page.keyboard.press('0')
  await frames(opened, 'keys: zoom, aside, along the points', async (left) => {
    for (let at = 0; left(); at++)
      await page.keyboard.press(['+', 'Shift+ArrowRight', 'ArrowRight', '-'][at % 4] ?? '0')
  })
  await page.keyboard.press('0')
  await tell(opened, { ...live, from: live.to + 1, to: live.to + seconds * 100 })
  await frames(opened, 'new points while the wheel zooms', async (left) => {
    for (let at = 0; left(); at++) await page.mouse.wheel(0, at % 60 < 30 ? -60 : 60)
  })
} finally {
  await opened.app.close()
  rmSync(home, { recursive: true, force: true })
}
