// How the rooms look and read (look.ts), each of them and what opens over the data room. How the train
// room looks once there are runs stands in its own tests.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropFiles, launch, setSize, settled, shared, type Opened } from './driver'
import { allChecked } from './hands'
import { look } from './look'

const antsBees = join(shared, 'data', 'ants-bees')
const missing = !existsSync(antsBees)
if (missing) console.log(`dataRoomLook e2e is skipped: ${antsBees} is not here`)

/** Waits until every picture in sight is loaded. */
const allDrawn = (page: Page) =>
  page.evaluate(async () => {
    const images = () => [...document.querySelectorAll<HTMLImageElement>('[data-testid=grid] img')]
    const deadline = performance.now() + 60_000
    while (images().length === 0 || images().some(({ naturalWidth }) => naturalWidth === 0)) {
      if (performance.now() > deadline) throw new Error('some pictures are never drawn')
      await new Promise(requestAnimationFrame)
    }
  })

describe.skipIf(missing)('looks', () => {
  let opened: Opened
  let page: Page

  beforeAll(async () => {
    opened = await launch()
    page = opened.page
    await setSize(opened.app, 1280, 800)
    await dropFiles(page, [antsBees], '[data-testid=first-run]')
    await page.getByTestId('class-row-bees').waitFor({ timeout: 60_000 })
    await allChecked(page)
    await allDrawn(page)
  })
  afterAll(() => opened?.close())

  const fromClassMenu = async (what: string) => {
    await page.getByTestId('class-row-ants').hover()
    await page.getByTestId('class-menu-ants').click()
    await page.getByTestId(`class-${what}`).click()
  }
  const states: readonly [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ['grid', async () => {}, async () => {}],
    [
      'selection',
      async () => {
        await page.locator('[data-testid^=tile-]').nth(1).click()
        await page.keyboard.press('Shift+ArrowDown')
        await page.keyboard.type('be')
      },
      () => page.keyboard.press('Escape'),
    ],
    ['view', () => page.keyboard.press('Enter'), () => page.keyboard.press('Escape')],
    ['menu', () => page.keyboard.press('Shift+F10'), () => page.keyboard.press('Escape')],
    ['keys', () => page.keyboard.press('?'), () => page.keyboard.press('Escape')],
    ['merge', () => fromClassMenu('merge'), () => page.keyboard.press('Escape')],
    ['colour', () => fromClassMenu('colour'), () => page.keyboard.press('Escape')],
    ['splits', () => page.getByTestId('edit-splits').click(), () => page.keyboard.press('Escape')],
    ...(['network', 'train', 'evaluate', 'use'] as const).map(
      (room) =>
        [
          room,
          () => page.getByTestId(`room-${room}`).click(),
          () => page.getByTestId('room-data').click(),
        ] as [string, () => Promise<unknown>, () => Promise<unknown>],
    ),
  ]

  test.each(states)('nothing serious: %s', async (name, open, close) => {
    await open()
    expect(await look(opened, name)).toEqual([])
    await close()
    await settled(page)
  })

  test('the window reported no error', () => {
    expect(opened.errors).toEqual([])
  })
})
