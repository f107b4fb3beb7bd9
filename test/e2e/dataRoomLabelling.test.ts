// Labelling by mouse, and the same again by keyboard alone: selecting, giving labels, the picture by
// itself, classes. Every step is undone or checked in the counts. All in one window, but each test
// begins with a new project of the same photos, so each passes alone.
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { call, launch, newProject, screenshot, setSize, temporary, type Opened } from './driver'
import {
  countOf,
  downTo,
  expectCount,
  fromMenu,
  hands,
  labelOf,
  press,
  selectedWhole,
  selectionCount,
  tabTo,
  tilesOf,
  wordsOf,
} from './hands'
import { writePhotos } from './photos'

const folder = temporary('labelling')
const perClass = 12
const photoNames: Readonly<Record<string, string>> = { Ant: 'ant', Bee: 'bee', Wasp: 'a-wasp' }
let opened: Opened
let page: Page

beforeAll(async () => {
  // By name the wasps come first; as they were added, last.
  for (const [hue, name] of ['Ant', 'Bee', 'Wasp'].entries())
    await writePhotos(join(folder, name), { hue, count: perClass, name: photoNames[name] })
  opened = await launch({ choose: { folder: [folder] } })
  page = opened.page
  await setSize(opened.app, 1280, 800)
  await call(page, 'app.choose', { what: 'folder' })
})
beforeEach(async () => {
  await newProject(page, [folder])
  await expectCount(page, 'Wasp', perClass)
  await page.locator('[data-testid^=tile-]').first().waitFor()
})
afterAll(async () => {
  await opened?.close()
  rmSync(folder, { recursive: true, force: true })
})

const undo = () => page.keyboard.press('Control+z')
const tile = async (at: number) => page.getByTestId((await tilesOf(page))[at] ?? '')
const focusedId = () =>
  page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null)
const firstCell = () => page.locator('[data-testid=grid] [role=gridcell]').first()
const columns = async () => Number(await page.getByTestId('grid').getAttribute('aria-colcount'))

describe('by mouse alone', () => {
  test('click, shift, ctrl, rubber band and the menu select', async () => {
    await (await tile(0)).click()
    expect(await selectionCount(page)).toBe(1)
    await (await tile(3)).click({ modifiers: ['Shift'] })
    expect(await selectionCount(page)).toBe(4)
    await (await tile(1)).click({ modifiers: ['Control'] })
    expect(await selectionCount(page)).toBe(3)
    const grid = (await page.getByTestId('grid').boundingBox())!
    await page.mouse.move(grid.x + 6, grid.y + 2)
    await page.mouse.down()
    await page.mouse.move(grid.x + 200, grid.y + 200, { steps: 4 })
    await page.mouse.up()
    expect(await selectionCount(page)).toBeGreaterThanOrEqual(4)
    await (await tile(0)).click({ button: 'right' })
    await page.getByTestId('menu-all').click()
    expect(await selectionCount(page)).toBe(3 * perClass)
    await (await tile(0)).click()
    await (await tile(0)).click({ button: 'right' })
    await page.getByTestId('menu-invert').click()
    expect(await selectionCount(page)).toBe(3 * perClass - 1)
    await page.getByTestId('clear-selection').click()
    expect(await selectionCount(page)).toBe(0)
  })

  test('the bar, the menu and a drag onto a class give a label; undo takes it back', async () => {
    await (await tile(0)).click()
    await page.getByTestId('label-menu').click()
    await page.getByTestId('label-Bee').click()
    await expectCount(page, 'Bee', perClass + 1)
    await page.getByTestId('undo').click()
    await expectCount(page, 'Bee', perClass)
    await (await tile(0)).click({ button: 'right' })
    await page.getByTestId('menu-label').click()
    await page.getByTestId('menu-label-Wasp').click()
    await expectCount(page, 'Wasp', perClass + 1)
    await page.getByTestId('undo').click()
    await expectCount(page, 'Wasp', perClass)
    await (await tile(0)).click()
    await (await tile(1)).click({ modifiers: ['Shift'] })
    await (await tile(0)).dragTo(page.getByTestId('class-row-Bee'))
    await expectCount(page, 'Bee', perClass + 2)
    await page.getByTestId('undo').click()
    await expectCount(page, 'Ant', perClass)
  })

  test('left out and taken back, reviewed, a split; tiles change their size', async () => {
    await (await tile(0)).click()
    await page.getByTestId('exclude').click()
    await page.getByTestId('more-menu').click()
    await page.getByTestId('show-excluded').click()
    await expect.poll(() => tilesOf(page)).toHaveLength(1)
    await (await tile(0)).click()
    await page.getByTestId('exclude').click()
    await page.getByTestId('show-all').click()
    await (await tile(0)).click()
    await page.getByTestId('mark-reviewed').click()
    await expect.poll(() => firstCell().getAttribute('aria-label')).toContain('Reviewed')
    await page.getByTestId('more-menu').click()
    await page.getByTestId('show-unreviewed').click()
    await expect.poll(() => firstCell().getAttribute('aria-label')).not.toContain('Reviewed')
    await page.getByTestId('show-all').click()
    await (await tile(0)).click()
    await page.getByTestId('split-menu').click()
    await page.getByTestId('assign-test').click()
    await expect.poll(() => page.getByTestId('split-test').getAttribute('data-count')).toBe('1')
    const before = await columns()
    await page.getByTestId('tiles-larger').click()
    await expect.poll(columns).toBeLessThan(before)
    await page.getByTestId('tiles-smaller').click()
    await expect.poll(columns).toBe(before)
    for (let times = 0; times < 4; times++) await page.getByTestId('undo').click()
    await expect.poll(() => page.getByTestId('split-test').getAttribute('data-count')).toBe('0')
  })

  test('one picture: next and before, zoom, pan, reviewed, a label', async () => {
    await (await tile(0)).dblclick()
    const image = page.getByTestId('view-image')
    await image.waitFor()
    const name = await image.getAttribute('alt')
    await page.getByTestId('view-next').click()
    await expect.poll(() => image.getAttribute('alt')).not.toBe(name)
    await page.getByTestId('view-before').click()
    await expect.poll(() => image.getAttribute('alt')).toBe(name)
    const scale = () => page.getByTestId('view-scale').innerText()
    const fit = await scale()
    await page.getByTestId('view-zoom-in').click()
    await page.getByTestId('view-zoom-in').click()
    await expect.poll(scale).not.toBe(fit)
    const style = () => image.getAttribute('style')
    const [before, box] = [await style(), (await image.boundingBox())!]
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2 + 40, box.y + box.height / 2, { steps: 3 })
    await page.mouse.up()
    await expect.poll(style).not.toBe(before)
    await page.getByTestId('view-reviewed').click()
    await screenshot(page, 'data-view')
    await page.getByTestId('undo').click()
    await page.getByTestId('view-close').click()
    await page.getByTestId('grid').waitFor()
  })

  test('a class is renamed, coloured, moved, merged and removed from its menu', async () => {
    const menu = async (name: string, what: string) => {
      await page.getByTestId(`class-row-${name}`).hover()
      await page.getByTestId(`class-menu-${name}`).click()
      await page.getByTestId(`class-${what}`).click()
    }
    await menu('Wasp', 'rename')
    await page.getByTestId('rename-field').fill('Hornet')
    await page.keyboard.press('Enter')
    await page.getByTestId('class-row-Hornet').waitFor()
    await menu('Hornet', 'colour')
    await page.getByTestId('colour-4').click()
    await expect
      .poll(() => page.locator('[data-testid=class-row-Hornet] i').getAttribute('style'))
      .toContain('--class-4')
    await menu('Hornet', 'up')
    const order = () =>
      page
        .locator('[data-testid^=class-row-]')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-testid')))
    await expect.poll(async () => (await order())[1]).toBe('class-row-Hornet')
    await menu('Hornet', 'lock')
    await page.getByTestId('class-locked-Hornet').waitFor()
    await menu('Hornet', 'remove')
    await page.getByTestId('confirm-remove').click()
    await page.getByText('The class "Hornet" is locked.').first().waitFor()
    await menu('Hornet', 'lock')
    await page.getByTestId('class-locked-Hornet').waitFor({ state: 'detached' })
    await menu('Hornet', 'merge')
    await page.getByTestId('merge-into').selectOption({ label: 'Merge into Bee' })
    await page.getByTestId('confirm-remove').click()
    await expectCount(page, 'Bee', 2 * perClass)
    await page.getByTestId('undo').click()
    await expectCount(page, 'Bee', perClass)
    await menu('Hornet', 'remove')
    await page.getByTestId('confirm-remove').click()
    await expectCount(page, 'Unlabelled', perClass)
    for (let times = 0; times < 6; times++) await page.getByTestId('undo').click()
    await page.getByTestId('class-row-Wasp').waitFor()
    await expectCount(page, 'Wasp', perClass)
  })
})

/** What is done by either hand, so that nothing of it can be had by one alone. */
describe.each(hands)('by %s', (hand) => {
  const names = async () => (await wordsOf(page)).map((words) => words.split(',')[0])

  test('a class is added, coloured and moved; redo brings back what undo took', async () => {
    await press(page, hand, 'add-class')
    await page.getByTestId('class-name').waitFor()
    await page.keyboard.type('Moth')
    await page.keyboard.press('Enter')
    await expectCount(page, 'Moth', 0)
    if (hand === 'mouse') await page.getByTestId('class-row-Moth').hover()
    await fromMenu(page, hand, 'class-menu-Moth', 'class-colour')
    if (hand === 'mouse') await page.getByTestId('colour-5').click()
    else {
      await page.getByTestId('colour-0').waitFor()
      for (let times = 0; times < 5; times++) await page.keyboard.press('ArrowRight')
      expect(await focusedId()).toBe('colour-5')
      await page.keyboard.press('Enter')
    }
    const colour = () => page.locator('[data-testid=class-row-Moth] i').getAttribute('style')
    await expect.poll(colour).toContain('--class-5')
    if (hand === 'mouse') await page.getByTestId('class-row-Moth').hover()
    await fromMenu(page, hand, 'class-menu-Moth', 'class-up')
    const order = () =>
      page
        .locator('[data-testid^=class-row-]')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-testid')!.slice(10)))
    await expect.poll(order).toEqual(['Ant', 'Bee', 'Moth', 'Wasp', 'Unlabelled'])
    await press(page, hand, 'undo')
    await expect.poll(order).toEqual(['Ant', 'Bee', 'Wasp', 'Moth', 'Unlabelled'])
    await press(page, hand, 'redo')
    await expect.poll(order).toEqual(['Ant', 'Bee', 'Moth', 'Wasp', 'Unlabelled'])
    for (let times = 0; times < 3; times++) await press(page, hand, 'undo')
    await expect.poll(order).toEqual(['Ant', 'Bee', 'Wasp', 'Unlabelled'])
  })

  test('photos are found by name and stand in the order of their names', async () => {
    if (hand === 'mouse') await page.getByTestId('find').fill('bee-0')
    else {
      await tabTo(page, 'grid')
      await page.keyboard.press('/')
      await page.keyboard.type('bee-0')
    }
    await expect.poll(names).toEqual(Array.from({ length: 9 }, (_, at) => `bee-0${at + 1}.jpg`))
    if (hand === 'mouse') await page.getByTestId('find').fill('')
    else await page.keyboard.press('Escape')
    const firstTwo = async () => (await names()).slice(0, 2)
    await expect.poll(firstTwo).toEqual(['ant-01.jpg', 'ant-02.jpg'])
    await fromMenu(page, hand, 'order-menu', 'order-name')
    await expect.poll(() => page.getByTestId('order-menu').getAttribute('data-order')).toBe('name')
    await expect.poll(firstTwo).toEqual(['a-wasp-01.jpg', 'a-wasp-02.jpg'])
    await fromMenu(page, hand, 'order-menu', 'order-added')
    await expect.poll(firstTwo).toEqual(['ant-01.jpg', 'ant-02.jpg'])
  })

  test('moving on after a label is a choice', async () => {
    await fromMenu(page, hand, 'more-menu', 'move-on')
    if (hand === 'mouse') await (await tile(2)).click()
    else {
      await tabTo(page, 'grid')
      await page.keyboard.press('Home')
      for (let times = 0; times < 2; times++) await page.keyboard.press('ArrowRight')
    }
    const active = () => page.getByTestId('grid').getAttribute('aria-activedescendant')
    const at = await active()
    for (const moves of [false, true]) {
      if (hand === 'mouse') {
        await page.getByTestId('label-menu').click()
        await page.getByTestId('label-Bee').click()
      } else {
        await tabTo(page, 'grid')
        await page.keyboard.press('2')
      }
      await expectCount(page, 'Bee', perClass + 1)
      if (moves) await expect.poll(active).not.toBe(at)
      else expect(await active()).toBe(at)
      await press(page, hand, 'undo')
      await expectCount(page, 'Bee', perClass)
      if (!moves) await fromMenu(page, hand, 'more-menu', 'move-on')
    }
  })
})

describe('by keyboard alone', () => {
  test('arrows, shift, ctrl and space, all, invert and Escape select', async () => {
    await tabTo(page, 'grid')
    await page.keyboard.press('Home')
    expect(await selectionCount(page)).toBe(1)
    for (let times = 0; times < 3; times++) await page.keyboard.press('Shift+ArrowRight')
    expect(await selectionCount(page)).toBe(4)
    await page.keyboard.press('Control+ArrowLeft')
    await page.keyboard.press('Space')
    expect(await selectionCount(page)).toBe(3)
    await page.keyboard.press('Control+a')
    expect(await selectionCount(page)).toBe(3 * perClass)
    await page.keyboard.press('Home')
    await page.keyboard.press('Control+i')
    expect(await selectionCount(page)).toBe(3 * perClass - 1)
    await page.keyboard.press('Escape')
    expect(await selectionCount(page)).toBe(0)
  })

  test('a number and a typed name give labels and move on; a new name makes a class', async () => {
    await tabTo(page, 'grid')
    await page.keyboard.press('Home')
    const [first, second] = await tilesOf(page)
    await page.keyboard.press('2')
    await expect.poll(() => labelOf(page, first!)).toBe('Bee')
    await page.keyboard.type('wa')
    await page.keyboard.press('Enter')
    await expect.poll(() => labelOf(page, second!)).toBe('Wasp')
    await page.keyboard.type('Moth')
    await page.keyboard.press('Enter')
    await expectCount(page, 'Moth', 1)
    await page.keyboard.press('0')
    await expectCount(page, 'Unlabelled', 1)
    for (let times = 0; times < 5; times++) await undo()
    await expectCount(page, 'Ant', perClass)
    await expect.poll(() => page.getByTestId('class-row-Moth').count()).toBe(0)
  })

  test('left out and taken back, reviewed, a split from the menu; tiles change their size', async () => {
    await tabTo(page, 'grid')
    await page.keyboard.press('Home')
    await page.keyboard.press('Delete')
    await expect.poll(() => firstCell().getAttribute('aria-label')).toContain('left out')
    await page.keyboard.press('Delete')
    await expect.poll(() => firstCell().getAttribute('aria-label')).not.toContain('left out')
    await page.keyboard.press(',')
    await expect.poll(() => firstCell().getAttribute('aria-label')).toContain('Reviewed')
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+F10')
    await downTo(page, 'menu-split')
    await page.keyboard.press('ArrowRight')
    await downTo(page, 'menu-split-val')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByTestId('split-val').getAttribute('data-count')).toBe('1')
    const before = await columns()
    await page.keyboard.press('+')
    await expect.poll(columns).toBeLessThan(before)
    await page.keyboard.press('-')
    await expect.poll(columns).toBe(before)
    for (let times = 0; times < 4; times++) await undo()
    await expect.poll(() => page.getByTestId('split-val').getAttribute('data-count')).toBe('0')
  })

  test('one picture: next and before, zoom, pan, reviewed, a label', async () => {
    await tabTo(page, 'grid')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    const image = page.getByTestId('view-image')
    await image.waitFor()
    const name = await image.getAttribute('alt')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => image.getAttribute('alt')).not.toBe(name)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => image.getAttribute('alt')).toBe(name)
    const style = () => image.getAttribute('style')
    const whole = await style()
    for (let times = 0; times < 3; times++) await page.keyboard.press('+')
    await expect.poll(style).not.toBe(whole)
    const zoomed = await style()
    await page.keyboard.press('Shift+ArrowRight')
    await expect.poll(style).not.toBe(zoomed)
    await page.keyboard.press('3')
    await expectCount(page, 'Wasp', perClass + 1)
    await undo()
    await page.keyboard.press('Home')
    const reviewed = page.locator('[data-testid=view-reviewed][aria-pressed=true]')
    const shown = await image.getAttribute('alt')
    await page.keyboard.press(',')
    await expect.poll(() => image.getAttribute('alt')).not.toBe(shown)
    await page.keyboard.press('Home')
    await reviewed.waitFor()
    await undo()
    await reviewed.waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.getByTestId('grid').waitFor()
    expect(await focusedId()).toBe('grid')
  })

  test('labelling all that a filter shows leaves the grid with the focus and its keys', async () => {
    await tabTo(page, 'grid')
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('0')
    await expectCount(page, 'Unlabelled', 2)
    await page.getByTestId('count-unlabelled').click()
    await tabTo(page, 'grid')
    await page.keyboard.press('Control+a')
    expect(await selectionCount(page)).toBe(2)
    await page.keyboard.press('1')
    await expectCount(page, 'Unlabelled', 0)
    await page.getByTestId('show-everything').waitFor()
    expect(await focusedId()).toBe('grid')
    await page.keyboard.press('Escape')
    expect(await selectionCount(page)).toBe(0)
    await undo()
    await expectCount(page, 'Unlabelled', 2)
    await page.keyboard.press('Control+a')
    expect(await selectionCount(page)).toBe(2)
    await page.keyboard.press('2')
    await tabTo(page, 'show-everything')
    await page.keyboard.press('Enter')
    await expect.poll(focusedId).toBe('grid')
    expect(await tilesOf(page)).not.toHaveLength(0)
    for (let times = 0; times < 2; times++) await undo()
    await expectCount(page, 'Ant', perClass)
  })

  test('a class is renamed by F2, classes are merged and one is removed', async () => {
    await tabTo(page, 'class-row-Ant')
    await page.keyboard.press('F2')
    await selectedWhole(page, 'rename-field', 'Ant')
    await page.keyboard.type('Termite')
    await page.keyboard.press('Enter')
    await page.getByTestId('class-row-Termite').waitFor()
    await page.keyboard.press('Control+Space')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Control+Space')
    await tabTo(page, 'merge-classes')
    await page.keyboard.press('Enter')
    await page.getByTestId('merge-into').waitFor()
    await tabTo(page, 'confirm-remove')
    await page.keyboard.press('Enter')
    await expectCount(page, 'Termite', 2 * perClass)
    await tabTo(page, 'class-row-Wasp')
    await page.keyboard.press('Delete')
    await page.getByTestId('confirm-remove').waitFor()
    await tabTo(page, 'confirm-remove')
    await page.keyboard.press('Enter')
    await expectCount(page, 'Unlabelled', perClass)
    for (let times = 0; times < 3; times++) await undo()
    await expectCount(page, 'Ant', perClass)
    expect(await countOf(page, 'Bee')).toBe(perClass)
  })

  test('the keys are listed', async () => {
    await page.keyboard.press('?')
    await page.getByTestId('key-help').waitFor()
    await screenshot(page, 'data-keys')
    await page.keyboard.press('Escape')
  })
})

test('the window reported no error', () => {
  expect(opened.errors).toEqual([])
})
