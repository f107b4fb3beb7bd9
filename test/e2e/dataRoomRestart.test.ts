// What a person did is still there, and can still be taken back, after the app was closed and opened
// again; and when it is killed the moment the screen shows an edit, nothing of it is lost. By mouse
// and by keyboard.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { launch, setSize, temporary, type Opened } from './driver'
import {
  countOf,
  downTo,
  expectCount,
  hands,
  press,
  selectedWhole,
  tabTo,
  tilesOf,
  type Hand,
} from './hands'
import { writePhotos } from './photos'

const each = 6
let folder: string
let opened: Opened
let page: Page

beforeEach(async () => {
  folder = temporary('restart')
  for (const [hue, name] of ['Ant', 'Bee'].entries())
    await writePhotos(join(folder, name), { hue, count: each })
  opened = await launch({ choose: { folder: [folder] } })
  page = opened.page
  await setSize(opened.app, 1280, 800)
})
afterEach(async () => {
  const { errors } = opened
  await opened.close()
  rmSync(folder, { recursive: true, force: true })
  expect(errors).toEqual([])
})

async function again(end: () => Promise<unknown>) {
  const { app, home } = opened
  const ended = new Promise<void>((resolve) => app.process().once('exit', () => resolve()))
  await end()
  await ended
  opened = await launch({ home })
  page = opened.page
  await setSize(opened.app, 1280, 800)
  await page.locator('[data-testid^=tile-]').first().waitFor()
}
async function label(hand: Hand, what: 'Ant' | 'Bee') {
  if (hand === 'mouse') {
    await page.getByTestId((await tilesOf(page))[0]!).click()
    await page.getByTestId('label-menu').click()
    return page.getByTestId(`label-${what}`).click()
  }
  await tabTo(page, 'grid')
  await page.keyboard.press('Home')
  await page.keyboard.press(what === 'Ant' ? '1' : '2')
}
async function rename(hand: Hand, from: string, to: string) {
  if (hand === 'mouse') {
    await page.getByTestId(`class-row-${from}`).hover()
    await page.getByTestId(`class-menu-${from}`).click()
    await page.getByTestId('class-rename').click()
  } else {
    await tabTo(page, `class-menu-${from}`)
    await page.keyboard.press('Enter')
    await downTo(page, 'class-rename')
    await page.keyboard.press('Enter')
  }
  await selectedWhole(page, 'rename-field', from)
  await page.keyboard.type(to)
  await page.keyboard.press('Enter')
  await page.getByTestId(`class-row-${to}`).waitFor()
}
const undo = (hand: Hand) =>
  hand === 'mouse' ? page.getByTestId('undo').click() : page.keyboard.press('Control+z')
const redo = (hand: Hand) =>
  hand === 'mouse' ? page.getByTestId('redo').click() : page.keyboard.press('Control+y')

test.each(hands)('undo and redo go on after a restart (%s)', async (hand) => {
  await press(page, hand, 'choose-folder')
  await expectCount(page, 'Bee', each)
  await label(hand, 'Bee')
  await expectCount(page, 'Bee', each + 1)
  await rename(hand, 'Ant', 'Termite')
  await undo(hand)
  await page.getByTestId('class-row-Ant').waitFor()
  await again(() => opened.app.close())
  expect(await countOf(page, 'Bee')).toBe(each + 1)
  await redo(hand)
  await page.getByTestId('class-row-Termite').waitFor()
  for (let times = 0; times < 2; times++) await undo(hand)
  await expectCount(page, 'Bee', each)
  expect(await countOf(page, 'Ant')).toBe(each)
  await undo(hand)
  await page.getByTestId('first-run').waitFor()
})

test.each(hands)('killed as soon as the screen shows an edit, it has it (%s)', async (hand) => {
  await press(page, hand, 'choose-folder')
  await expectCount(page, 'Bee', each)
  for (const [count, what] of [
    [each + 1, 'Bee'],
    [each, 'Ant'],
    [each + 1, 'Bee'],
  ] as const) {
    await label(hand, what)
    await expectCount(page, 'Bee', count)
    await again(async () => opened.app.process().kill('SIGKILL'))
    expect(await countOf(page, 'Bee')).toBe(count)
  }
})
