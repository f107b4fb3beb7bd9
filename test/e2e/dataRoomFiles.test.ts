// What comes in and goes out: nested folders with a choice, labels from a file and to a file, the set
// as folders, files that moved; splits and health with their repairs. By mouse and by keyboard.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { dropFiles, screenshot, setSize, type Opened } from './driver'
import { allChecked, countOf, expectCount, fromMenu, hands, press, tabTo, tilesOf } from './hands'
import { look } from './look'
import { writePhotos } from './photos'
import { shareWindow } from './sharedWindow'

const sharedWindow = shareWindow('files', (folder) => ({
  folder: [join(folder, 'photos')],
  labels: [join(folder, 'labels.csv')],
  'export-folder': [join(folder, 'out')],
}))
const { folder } = sharedWindow
const photos = join(folder, 'photos')
let opened: Opened
let page: Page
beforeEach(() => {
  opened = sharedWindow.opened
  page = opened.page
})

test.each(hands)('nested folders are previewed before they are added (%s)', async (hand) => {
  for (const [hue, name] of ['beetle', 'fly'].entries())
    for (const camera of ['camera-a', 'camera-b'])
      await writePhotos(join(photos, 'summer', camera, name), { hue, count: 3 })
  if (hand === 'mouse') await dropFiles(page, [photos], '[data-testid=first-run]')
  else await press(page, 'keyboard', 'choose-folder')
  await page.getByTestId('intake-choices').waitFor({ timeout: 20_000 })
  if (hand === 'mouse') expect(await look(opened, 'intake')).toEqual([])
  if (hand === 'mouse') await page.getByTestId('layout-inner').check()
  else {
    const inner = page.getByTestId('layout-inner')
    for (let times = 0; times < 6 && !(await inner.isChecked()); times++) {
      await page.locator('[name=layout]:checked').focus()
      await page.keyboard.press('ArrowDown')
    }
  }
  await expect
    .poll(() => page.getByTestId('intake-classes').innerText())
    .toMatch(/beetle\s*6[\s\S]*fly\s*6/)
  await press(page, hand, 'intake-add')
  await expectCount(page, 'beetle', 6)
  expect(await countOf(page, 'fly')).toBe(6)
})

test.each(hands)('labels come from a CSV and go out as CSV and folders (%s)', async (hand) => {
  const paths = await writePhotos(photos, { hue: 0, count: 4 })
  const table = join(folder, 'labels.csv')
  const out = join(folder, 'out')
  mkdirSync(out)
  writeFileSync(
    table,
    ['path,label', ...paths.map((path, at) => `${path},${at < 3 ? 'Ant' : 'Bee'}`)].join('\n'),
  )
  await press(page, hand, 'choose-folder')
  // A folder that stands alone may have been taken for a class; the file decides.
  await page.getByTestId('grid').waitFor({ timeout: 20_000 })
  await fromMenu(page, hand, 'more-menu', 'import-labels')
  await page.getByTestId('import-facts').waitFor()
  expect(await page.getByTestId('import-facts').innerText()).toContain('4')
  if (hand === 'mouse') expect(await look(opened, 'import')).toEqual([])
  await press(page, hand, 'import-apply')
  await expectCount(page, 'Ant', 3)
  await expectCount(page, 'Bee', 1)
  await fromMenu(page, hand, 'more-menu', 'export-labels')
  // The name is there before the content.
  const written = () =>
    readdirSync(out)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => readFileSync(join(out, name), 'utf8').match(/Ant/g)?.length)
  await expect.poll(written).toEqual([3])
  await fromMenu(page, hand, 'more-menu', 'export-copies')
  const folders = () =>
    readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'))
  await expect.poll(folders, { timeout: 20_000 }).toHaveLength(4)
  expect(paths.every((path) => existsSync(path))).toBe(true)
})

test.each(hands)('files that moved are missed and found again (%s)', async (hand) => {
  await writePhotos(join(photos, 'Ant'), { hue: 0, count: 3 })
  await writePhotos(join(photos, 'Bee'), { hue: 1, count: 3 })
  await press(page, hand, 'choose-folder')
  await expectCount(page, 'Bee', 3)
  await allChecked(page)
  mkdirSync(join(photos, 'archive'))
  renameSync(join(photos, 'Bee'), join(photos, 'archive', 'bees of 2019'))
  await page.reload()
  await page.getByTestId('missing-banner').waitFor({ timeout: 20_000 })
  await fromMenu(page, hand, 'more-menu', 'show-missing')
  await expect.poll(() => tilesOf(page)).toHaveLength(3)
  await press(page, hand, 'show-all')
  if (hand === 'mouse') expect(await look(opened, 'missing')).toEqual([])
  await setSize(opened.app, 960, 640)
  await press(page, hand, 'health-button')
  await press(page, hand, 'health-close')
  await page.getByTestId('health').waitFor({ state: 'detached' })
  await setSize(opened.app, 1280, 800)
  await press(page, hand, 'missing-relocate')
  await expect.poll(() => page.getByTestId('missing-banner').count(), { timeout: 20_000 }).toBe(0)
  expect(await countOf(page, 'Bee')).toBe(3)
})

test.each(hands)('splits are drawn, shown and drawn again (%s)', async (hand) => {
  for (const [hue, name] of ['Ant', 'Bee'].entries())
    await writePhotos(join(photos, name), { hue, count: 10 })
  await press(page, hand, 'choose-folder')
  await expectCount(page, 'Bee', 10)
  const count = async (split: string) =>
    Number(await page.getByTestId(`split-${split}`).getAttribute('data-count'))
  await page.locator('[data-testid=edit-splits]:enabled').waitFor()
  await press(page, hand, 'edit-splits')
  const fill = async (testid: string, value: string) => {
    if (hand === 'mouse') return page.getByTestId(testid).fill(value)
    await tabTo(page, testid)
    await page.keyboard.press('Control+a')
    return page.keyboard.type(value)
  }
  await fill('val-part', '30')
  await fill('test-part', '10')
  expect(await page.getByTestId('train-part').innerText()).toBe('60 %')
  await press(page, hand, 'splits-fill')
  await expect.poll(() => count('test')).toBe(2)
  expect([await count('train'), await count('val')]).toEqual([12, 6])
  await screenshot(page, 'data-splits')
  const inVal = async () => {
    await press(page, hand, 'splits-close')
    await press(page, hand, 'split-val')
    await expect.poll(() => tilesOf(page)).toHaveLength(6)
    const tiles = await tilesOf(page)
    await press(page, hand, 'show-all')
    await press(page, hand, 'edit-splits')
    return tiles
  }
  const before = await inVal()
  await fill('split-seed', '7')
  await press(page, hand, 'splits-again')
  await expect.poll(inVal).not.toEqual(before)
  expect([await count('train'), await count('val'), await count('test')]).toEqual([12, 6, 2])
  await fill('split-seed', '0')
  await press(page, hand, 'splits-again')
  await expect.poll(inVal).toEqual(before)
})

test.each(hands)('folders and bursts stay on one side (%s)', async (hand) => {
  for (const [hue, name] of ['Ant', 'Bee'].entries())
    for (const [at, day] of ['monday', 'friday', 'sunday'].entries())
      await writePhotos(join(photos, name, day), {
        hue: hue + 3 * at,
        count: 4,
        name: `${day}-walk`,
      })
  await press(page, hand, 'choose-folder')
  await press(page, hand, 'intake-add')
  await expectCount(page, 'Bee', 12)
  const splitOfEach = async () => {
    const found: Record<string, string[]> = {}
    for (const split of ['train', 'val'] as const) {
      await press(page, hand, `split-${split}`)
      const shown = page.locator(`[data-testid=split-${split}][aria-pressed=true]`)
      await shown.waitFor()
      const names = await page
        .locator('[data-testid=grid] [role=gridcell] [title]')
        .evaluateAll((tiles) =>
          tiles.map(
            (tile) =>
              `${tile.getAttribute('data-label')} ${tile.getAttribute('title')!.slice(0, 3)}`,
          ),
        )
      for (const name of new Set(names)) (found[name] ??= []).push(split)
      await press(page, hand, 'show-all')
    }
    return found
  }
  const drawBy = async (by: 'folder' | 'burst' | 'picture') => {
    await press(page, hand, 'edit-splits')
    const chosen = page.getByTestId(`split-by-${by}`)
    if (hand === 'mouse') await chosen.click()
    else {
      await tabTo(page, 'split-seed')
      await page.keyboard.press('Tab')
      for (let times = 0; (await chosen.getAttribute('aria-checked')) !== 'true'; times++) {
        expect(times).toBeLessThan(3)
        await page.keyboard.press('ArrowRight')
      }
    }
    await press(page, hand, 'splits-again')
    await page.locator('[data-testid=split-val]:enabled').waitFor()
    await press(page, hand, 'splits-close')
    return splitOfEach()
  }
  for (const by of ['folder', 'burst'] as const) {
    const sides = await drawBy(by)
    expect(Object.keys(sides)).toHaveLength(6)
    expect(Object.values(sides).every((side) => side.length === 1)).toBe(true)
    const held = Object.values(sides).filter(([side]) => side === 'val')
    // Drawn stripes may look alike: then two days of a class are one group.
    expect(held.length === 1 || held.length === 2).toBe(true)
  }
  await drawBy('picture')
  const apart = async () => Object.values(await splitOfEach()).some((side) => side.length === 2)
  await expect.poll(apart).toBe(true)
})

test('of several folders that are gone, the one that is chosen is found', async () => {
  await writePhotos(join(folder, 'set', 'Ant'), { hue: 0, count: 2 })
  await writePhotos(join(folder, 'set', 'Bee'), { hue: 1, count: 3 })
  await writePhotos(join(folder, 'set', 'Fly'), { hue: 2, count: 3 })
  await dropFiles(page, [join(folder, 'set')], '[data-testid=first-run]')
  await expectCount(page, 'Fly', 3)
  await allChecked(page)
  mkdirSync(photos)
  for (const name of ['Ant', 'Bee']) renameSync(join(folder, 'set', name), join(photos, name))
  await page.reload()
  const banner = page.getByTestId('missing-banner')
  await banner.waitFor({ timeout: 20_000 })
  const choose = page.getByTestId('missing-folder').filter({ hasText: 'Ant' })
  await press(page, 'keyboard', 'missing-relocate')
  await choose.waitFor()
  await screenshot(page, 'data-missing-two')
  for (let times = 0; times < 3; times++) {
    if (await choose.evaluate((it) => it === document.activeElement)) break
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await expect.poll(() => banner.innerText(), { timeout: 20_000 }).toMatch(/^3 files/)
  await page
    .locator('[data-testid=grid] [aria-label*="file is missing"]')
    .first()
    .click({ button: 'right' })
  await page.getByTestId('menu-relocate').click()
  await expect.poll(() => banner.count(), { timeout: 20_000 }).toBe(0)
  expect(await countOf(page, 'Bee')).toBe(3)
})

test.each(hands)(
  'duplicates and broken files are found and mended, undoably (%s)',
  async (hand) => {
    const [first] = await writePhotos(join(photos, 'Ant'), { hue: 0, count: 10 })
    await writePhotos(join(photos, 'Bee'), { hue: 1, count: 10 })
    copyFileSync(first!, join(photos, 'Ant', 'copy.jpg'))
    writeFileSync(join(photos, 'Bee', 'empty.jpg'), '')
    await press(page, hand, 'choose-folder')
    await page.getByTestId('health-exact-duplicate').waitFor({ timeout: 60_000 })
    await page.getByTestId('health-unreadable').waitFor()
    await press(page, hand, 'show-exact-duplicate')
    await expect.poll(() => tilesOf(page)).toHaveLength(2)
    await press(page, hand, 'repair-exact-duplicate-exclude')
    await expect.poll(() => page.locator('[aria-label*="left out"][role=gridcell]').count()).toBe(1)
    await screenshot(page, 'data-health')
    await press(page, hand, 'undo')
    await expect.poll(() => page.locator('[aria-label*="left out"][role=gridcell]').count()).toBe(0)
    await press(page, hand, 'show-all')
    await expect.poll(async () => (await tilesOf(page)).length).toBeGreaterThan(10)
  },
)
