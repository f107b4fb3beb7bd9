// How the rooms look and read: axe finds nothing serious in light or dark, in every room and in what
// opens over them, and screenshots at both sizes are written to be looked at.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropFiles, launch, screenshot, setSize, shared, type Opened } from './driver'

const antsBees = join(shared, 'data', 'ants-bees')
const missing = !existsSync(antsBees)
if (missing) console.log(`dataRoomLook e2e is skipped: ${antsBees} is not here`)
const sizes = [
  [1280, 800],
  [960, 640],
] as const

describe.skipIf(missing)('looks', () => {
  let opened: Opened
  let page: Page

  beforeAll(async () => {
    opened = await launch()
    page = opened.page
    await setSize(opened.app, 1280, 800)
    await dropFiles(page, [antsBees], '[data-testid=first-run]')
    await page.getByTestId('class-row-bees').waitFor({ timeout: 60_000 })
    await page.locator('[data-testid=grid] img').first().waitFor()
    await page.waitForTimeout(4000)
  })
  afterAll(() => opened?.close())

  /** Serious and critical findings, as lines that name the rule and the place. */
  async function serious(): Promise<string[]> {
    // A second page, in which axe usually joins its results, cannot be opened in an app.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, any }) => `${id} ${target.join(' ')} ${any[0]?.message ?? ''}`),
      )
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

  test.each(['light', 'dark'] as const)('nothing serious in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const found: string[] = []
    for (const [name, open, close] of states) {
      await open()
      await page.waitForTimeout(350)
      for (const line of await serious()) found.push(`${name}: ${line}`)
      for (const [width, height] of sizes) {
        await setSize(opened.app, width, height)
        await page.waitForTimeout(250)
        await screenshot(page, `look-${name}-${colorScheme}-${width}`)
      }
      await setSize(opened.app, 1280, 800)
      await page.waitForTimeout(100)
      await close()
      await page.waitForTimeout(150)
    }
    expect([...new Set(found)]).toEqual([])
  })

  test('the window reported no error', () => {
    expect(opened.errors).toEqual([])
  })
})
