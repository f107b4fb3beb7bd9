// The network's own suggestions in the window, by mouse and by keyboard: features come in the
// background, unlabelled tiles carry a guess, a row is accepted by one key, likeness sorts.
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dropFiles, launch, screenshot, setSize, temporary, type Opened } from './driver'
import { countOf, expectCount, tabTo, tilesOf } from './hands'
import { writePhotos } from './photos'

const folder = temporary('suggest')
const loose = temporary('loose')
const labelled = 8
const unlabelled = 12
let opened: Opened
let page: Page

beforeAll(async () => {
  for (const [hue, name] of ['Red', 'Green'].entries()) {
    await writePhotos(join(folder, name), { hue, count: labelled })
  }
  const paths = [
    ...(await writePhotos(loose, { hue: 0, count: unlabelled / 2, name: 'r' })),
    ...(await writePhotos(loose, { hue: 1, count: unlabelled / 2, name: 'g' })),
  ]
  opened = await launch()
  page = opened.page
  await setSize(opened.app, 1280, 800)
  await dropFiles(page, [folder], '[data-testid=first-run]')
  await expectCount(page, 'Green', labelled)
  await dropFiles(page, paths, '[data-testid=grid]')
  await expectCount(page, 'Unlabelled', unlabelled)
})
afterAll(async () => {
  await opened?.close()
  for (const each of [folder, loose]) rmSync(each, { recursive: true, force: true })
})

const guesses = () => page.locator('[data-testid=grid] [data-label*="?"]').count()
const order = () => page.getByTestId('order-menu').getAttribute('data-order')
const accepted = async () => unlabelled - (await countOf(page, 'Unlabelled'))

test('by mouse: guesses appear, a row and all are accepted, and undo takes them back', async () => {
  await page.getByTestId('suggest-toggle').click()
  await page.getByTestId('count-unlabelled').click()
  await page.getByTestId('threshold').waitFor({ timeout: 120_000 })
  await page.getByTestId('threshold').fill('50')
  await expect.poll(guesses, { timeout: 30_000 }).toBeGreaterThan(6)
  await screenshot(page, 'data-suggest')
  await page.locator('[data-testid^=tile-]').first().click()
  await page.getByTestId('accept-row').click()
  await expect.poll(accepted).toBeGreaterThan(0)
  await page.getByTestId('undo').click()
  await expectCount(page, 'Unlabelled', unlabelled)
  await page.getByTestId('accept-all').click()
  await expect.poll(accepted).toBeGreaterThan(6)
  await page.getByTestId('undo').click()
  await expectCount(page, 'Unlabelled', unlabelled)
})

test('by mouse: the order follows use and likeness', async () => {
  await page.getByTestId('order-menu').click()
  await page.getByTestId('order-useful').click()
  await expect.poll(order, { timeout: 30_000 }).toBe('useful')
  const first = page.locator('[data-testid^=tile-]').first()
  await first.click({ button: 'right' })
  await page.getByTestId('menu-like').click()
  await expect.poll(order, { timeout: 30_000 }).toBe('likeness')
  const names = await page
    .locator('[data-testid^=tile-]')
    .evaluateAll((tiles) => tiles.slice(0, 4).map((tile) => tile.getAttribute('title')))
  expect(new Set(names).size).toBeGreaterThan(1)
  await page.getByTestId('order-menu').click()
  await page.getByTestId('order-added').click()
})

test('by keyboard: one key accepts the row, and the order is chosen', async () => {
  await page.getByTestId('count-all').click()
  await tabTo(page, 'threshold')
  const before = await page.getByTestId('threshold').inputValue()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => page.getByTestId('threshold').inputValue()).not.toBe(before)
  await page.keyboard.press('ArrowLeft')
  await tabTo(page, 'count-all')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => tilesOf(page)).toHaveLength(unlabelled)
  await tabTo(page, 'grid')
  await page.keyboard.press('Home')
  await page.keyboard.press('.')
  await expect.poll(accepted).toBeGreaterThan(0)
  await page.keyboard.press('Control+z')
  await expectCount(page, 'Unlabelled', unlabelled)
  await tabTo(page, 'order-menu')
  await page.keyboard.press('Enter')
  await page.getByTestId('order-suggested').waitFor()
  await page.keyboard.type('Sur')
  await page.keyboard.press('Enter')
  await expect.poll(order, { timeout: 30_000 }).toBe('suggested')
})

test('the window reported no error', () => {
  expect(opened.errors).toEqual([])
})
