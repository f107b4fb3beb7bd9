// The network's own suggestions in the window, by mouse and by keyboard: features come in the
// background, unlabelled tiles carry a guess, a row is accepted by one key, likeness sorts.
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dropFiles, launch, screenshot, setSize, temporary, type Opened } from './driver'
import {
  countOf,
  downTo,
  expectCount,
  fromMenu,
  hands,
  press,
  tabTo,
  tilesOf,
  wordsOf,
} from './hands'
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
  // Other photos than those with a label: equal ones would have nothing to teach.
  const paths = [
    ...(await writePhotos(loose, { hue: 3, count: unlabelled / 2, name: 'r' })),
    ...(await writePhotos(loose, { hue: 4, count: unlabelled / 2, name: 'g' })),
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

/** As they were added. */
const dropped = ['r', 'g'].flatMap((kind) =>
  Array.from({ length: unlabelled / 2 }, (_, at) => `${kind}-0${at + 1}.jpg`),
)
/** Red are r-01.jpg to r-06.jpg, and what is labelled Red. */
const isRed = (words: string) => /^r-|, Red(,|$)/.test(words)

test.each(hands)('by %s: the order follows use and likeness', async (hand) => {
  await fromMenu(page, hand, 'order-menu', 'order-useful')
  await expect.poll(order, { timeout: 30_000 }).toBe('useful')
  await expect.poll(() => tilesOf(page)).toHaveLength(unlabelled)
  const useful = (await wordsOf(page)).map((words) => words.split(',')[0])
  expect(useful.slice(0, 6).sort()).not.toEqual(dropped.slice(0, 6).sort())
  const red = page.locator('[data-testid=grid] [aria-label^="r-01"]')
  if (hand === 'mouse') {
    await red.click({ button: 'right' })
    await page.getByTestId('menu-like').click()
  } else {
    await tabTo(page, 'grid')
    await page.keyboard.press('Home')
    for (let times = 0; times < unlabelled; times++) {
      const active = await page.getByTestId('grid').getAttribute('aria-activedescendant')
      if (active === (await red.getAttribute('id'))) break
      await page.keyboard.press('ArrowRight')
    }
    await page.keyboard.press('Shift+F10')
    await downTo(page, 'menu-like')
    await page.keyboard.press('Enter')
  }
  await expect.poll(order, { timeout: 30_000 }).toBe('likeness')
  // All photos, its kind before the other and not as they were added, the labelled ones first.
  await expect.poll(() => tilesOf(page)).toHaveLength(unlabelled + 2 * labelled)
  const words = await wordsOf(page)
  expect(words[0]).toMatch(/^r-01/)
  const half = words.slice(0, words.length / 2)
  expect(half.filter(isRed).length).toBeGreaterThan(words.length / 4 + 2)
  expect(half.filter((each) => each.startsWith('r-')).length).toBeGreaterThan(2)
  await fromMenu(page, hand, 'order-menu', 'order-added')
})

test.each(hands)('by %s: a guess is taken in the view of one photo', async (hand) => {
  await fromMenu(page, hand, 'order-menu', 'order-suggested')
  await expect.poll(order, { timeout: 30_000 }).toBe('suggested')
  const red = page.locator('[data-testid=grid] [aria-label^="r-0"][aria-label*="Red?"]').first()
  if (hand === 'mouse') await red.dblclick()
  else {
    await red.click()
    await page.keyboard.press('Enter')
  }
  await page.getByTestId('view-accept').waitFor()
  expect(await page.getByTestId('view-accept').innerText()).toMatch(/^Red, \d+ %$/)
  await press(page, hand, 'view-accept')
  await expectCount(page, 'Red', labelled + 1)
  await press(page, hand, 'undo')
  await expectCount(page, 'Red', labelled)
  await press(page, hand, 'view-close')
})

test('by keyboard: one key accepts the row, and the order is chosen', async () => {
  await page.getByTestId('count-all').click()
  await page.getByTestId('threshold').waitFor()
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
