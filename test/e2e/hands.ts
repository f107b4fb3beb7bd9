// What a person does and sees in the Data room, for tests of it: reaching things by Tab alone, and
// reading tiles, counts and the selection from the screen.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Presses Tab until the element has the focus; fails when it cannot be reached that way. A button
 *  that is disabled for a moment is waited for: Tab would pass it by. */
export async function tabTo(page: Page, testid: string): Promise<void> {
  await page.locator(`[data-testid="${testid}"]:not(:disabled)`).waitFor({ timeout: 20_000 })
  for (let presses = 0; presses < 90; presses++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))
    if (at === testid) return
  }
  throw new Error(`${testid} cannot be reached by Tab`)
}

/** Waits until a field holds a text and all of it is selected: what is typed next takes its place. */
export async function selectedWhole(page: Page, testid: string, text: string): Promise<void> {
  const field = page.getByTestId(testid)
  await field.waitFor()
  await expect
    .poll(() =>
      field.evaluate((it: HTMLInputElement) =>
        it.value.slice(it.selectionStart!, it.selectionEnd!),
      ),
    )
    .toBe(text)
}

export const hands = ['mouse', 'keyboard'] as const
export type Hand = (typeof hands)[number]

/** A click, or Tab and Enter. */
export async function press(page: Page, hand: Hand, testid: string): Promise<void> {
  if (hand === 'mouse') return page.getByTestId(testid).click()
  await tabTo(page, testid)
  await page.keyboard.press('Enter')
}

/** Opens a menu and takes an entry of it. */
export async function fromMenu(page: Page, hand: Hand, menu: string, testid: string) {
  await press(page, hand, menu)
  if (hand === 'mouse') return page.getByTestId(testid).click()
  await downTo(page, testid)
  await page.keyboard.press('Enter')
}

/** Goes down in an open menu until an entry is marked; fails when it is not there. */
export async function downTo(page: Page, testid: string): Promise<void> {
  await page.getByTestId(testid).waitFor()
  const marked = () =>
    page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null)
  for (let presses = 0; presses < 20 && (await marked()) !== testid; presses++)
    await page.keyboard.press('ArrowDown')
  expect(await marked()).toBe(testid)
}

/** Starts one of the queue's predefined questions, by keyboard. */
export async function askQueue(page: Page, question: 'depth' | 'freezing' | 'seeds') {
  await tabTo(page, 'queue-ask')
  await page.keyboard.press('Enter')
  await downTo(page, `question-${question}`)
  await page.keyboard.press('Enter')
}

/** Ids of the tiles in sight, in order. */
export const tilesOf = (page: Page): Promise<string[]> =>
  page.locator('[data-testid=grid] [role=row]').evaluateAll((rows) => {
    const place = (row: Element) => Number(row.getAttribute('aria-rowindex'))
    return rows
      .sort((a, b) => place(a) - place(b))
      .flatMap((row) => [...row.querySelectorAll('[data-testid^=tile-]')])
      .map((tile) => tile.getAttribute('data-testid') ?? '')
  })

/** What a screen reader hears of each tile in sight, in order: the name first, then the label. */
export const wordsOf = async (page: Page): Promise<string[]> => {
  const words = await page
    .locator('[data-testid=grid] [role=gridcell]')
    .evaluateAll((cells) =>
      cells.map((cell) => [
        cell.querySelector('[data-testid^=tile-]')?.getAttribute('data-testid') ?? '',
        cell.getAttribute('aria-label') ?? '',
      ]),
    )
  const byTile = new Map(words as [string, string][])
  return (await tilesOf(page)).map((tile) => byTile.get(tile) ?? '')
}

export const labelOf = (page: Page, tile: string) =>
  page.getByTestId(tile).getAttribute('data-label')

export const selectedIn = (page: Page) =>
  page.locator('[data-testid=grid] [role=gridcell][aria-selected=true]').count()

/** Of the whole selection, also of what is out of sight. */
export async function selectionCount(page: Page): Promise<number> {
  const bar = page.getByTestId('selection-bar')
  return (await bar.count()) ? Number(await bar.getAttribute('data-count')) : 0
}

export const countOf = async (page: Page, className: string) =>
  Number(await page.getByTestId(`class-row-${className}`).getAttribute('data-count'))

/** Waits until a class has so many pictures; also outside of a test. */
export const expectCount = (page: Page, className: string, count: number) =>
  page
    .locator(`[data-testid="class-row-${className}"][data-count="${count}"]`)
    .waitFor({ timeout: 20_000 })

/** Waits until every photo was read (of at most 4,000, none of them broken) and health speaks of them;
 *  some findings, such as tiny classes, come before that. Needs a window that shows health. */
export async function allChecked(page: Page): Promise<void> {
  await page.evaluate(async () => {
    interface Restage {
      call(
        name: string,
        input: unknown,
      ): Promise<{ ok: boolean; value: { pictures: { width: Uint32Array } } }>
    }
    const { restage } = window as unknown as { restage: Restage }
    const deadline = performance.now() + 60_000
    const areRead = async () => {
      const { ok, value } = await restage.call('dataset.pictures', { from: 0, count: 4000 })
      return ok && value.pictures.width.every((width) => width > 0)
    }
    while (!(await areRead())) {
      if (performance.now() > deadline) throw new Error('some photos are never read')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
  await page
    .locator('[data-testid=health] .good, [data-testid=health] .line')
    .first()
    .waitFor({ timeout: 60_000 })
}
