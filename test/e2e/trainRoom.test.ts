// The Train room by mouse and by keyboard, on small generated photos: curves are read, zoomed, moved
// and saved; runs are named, starred, found, compared.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dropFiles, launch, screenshot, setSize, temporary, type Opened } from './driver'
import { expectCount } from './hands'
import { look } from './look'
import { writePhotos } from './photos'

const folder = temporary('train')
let opened: Opened
let page: Page

beforeAll(async () => {
  for (const [hue, name] of ['Red', 'Green'].entries())
    await writePhotos(join(folder, name), { hue, count: 16 })
  opened = await launch()
  page = opened.page
  await setSize(opened.app, 1280, 800)
  await dropFiles(page, [folder], '[data-testid=first-run]')
  await expectCount(page, 'Green', 16)
  await page.getByTestId('room-train').click()
})
afterAll(async () => {
  await opened?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Fine-tunes as the top bar proposes, pressed twice as hurried hands do, and waits for the end of the
 *  one run. */
async function train() {
  await page.locator('[data-testid=fine-tune]:enabled').waitFor({ timeout: 60_000 })
  const before = await runs()
  await page.getByTestId('fine-tune').dblclick()
  await expect.poll(runs, { timeout: 60_000 }).toBe(before + 1)
  await page.locator('[data-testid=run-status][data-status=finished]').waitFor({ timeout: 240_000 })
  expect(await runs()).toBe(before + 1)
}
async function runs(): Promise<number> {
  const part = page.getByTestId('part-runs')
  return (await part.count()) ? Number((await part.innerText()).replace(/\D/g, '')) : 0
}

const chart = () => page.getByTestId('loss-chart')
const plot = () => page.getByTestId('loss-chart-plot')
const cursor = async () => Number((await chart().getAttribute('data-cursor')) || NaN)
const viewOf = async (name = 'loss-chart') =>
  ((await page.getByTestId(name).getAttribute('data-view')) || '')
    .split(' ')
    .filter(Boolean)
    .map(Number)
const rows = () =>
  page
    .locator('[data-testid=runs-grid] [data-testid^=run-]')
    .evaluateAll((all) => all.map((row) => row.getAttribute('data-testid') ?? ''))
const text = (testid: string) => page.getByTestId(testid).innerText()

/** Does what makes the window save a file, and answers what is in it. */
async function saved(act: () => Promise<unknown>): Promise<{ name: string; bytes: Buffer }> {
  const path = join(folder, 'saved')
  await opened.app.evaluate(({ session }, savePath) => {
    Object.assign(globalThis, { savedName: null })
    session.defaultSession.once('will-download', (_event, item) => {
      item.setSavePath(savePath)
      item.once('done', () => Object.assign(globalThis, { savedName: item.getFilename() }))
    })
  }, path)
  await act()
  const name = () =>
    opened.app.evaluate(() => (globalThis as { savedName?: string | null }).savedName ?? '')
  await expect.poll(name, { timeout: 10_000 }).not.toBe('')
  return { name: await name(), bytes: readFileSync(path) }
}

/** By gradient steps: a head that is solved has no curves over epochs. */
async function chooseSteps() {
  await page.locator('[data-testid=preset-quick]:enabled').click({ timeout: 60_000 })
  await page.getByTestId('all-settings').click()
  await page.getByTestId('setting-solver').selectOption('gradient')
  await page.getByTestId('all-settings').click()
}

test('two runs are trained, and each is listed', async () => {
  await chooseSteps()
  await train()
  await train()
  expect(await look(opened, 'train-curves')).toEqual([])
})

test('by mouse: values are read, the wheel and dragging zoom in all charts alike', async () => {
  const box = (await plot().boundingBox())!
  const [middle, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(middle, y)
  await expect.poll(cursor).toBeGreaterThan(1)
  expect(await chart().innerText()).toContain(`step ${await cursor()}`)
  expect(await viewOf()).toEqual([])
  await page.mouse.click(middle, y)
  await page.mouse.wheel(0, -200)
  await expect.poll(viewOf).toHaveLength(2)
  const [from, to] = (await viewOf()) as [number, number]
  expect(await viewOf('accuracy-chart')).toEqual([from, to])
  await page.keyboard.down('Shift')
  await page.mouse.down()
  await page.mouse.move(middle - 80, y, { steps: 4 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
  await expect.poll(async () => (await viewOf())[0]).toBeGreaterThan(from)
  await page.mouse.dblclick(middle, y)
  await expect.poll(viewOf).toEqual([])
  await page.mouse.move(middle - 100, y)
  await page.mouse.down()
  await page.mouse.move(middle + 100, y, { steps: 4 })
  await page.mouse.up()
  await expect.poll(viewOf).toHaveLength(2)
  await screenshot(page, 'train-zoomed')
  await page.mouse.dblclick(middle, y)
  await expect.poll(viewOf).toEqual([])
})

test('by keyboard: the cursor goes along the points and is read aloud; plus, arrows and 0 zoom', async () => {
  await page.mouse.move(5, 5)
  await plot().focus()
  await page.keyboard.press('Home')
  await expect.poll(cursor).toBe(1)
  await page.keyboard.press('ArrowRight')
  await expect.poll(cursor).toBe(2)
  await expect
    .poll(() => text('loss-chart-aloud'))
    .toMatch(/^step 2: training [\d.]+, validation [\d.]+$/)
  await page.keyboard.press('+')
  await page.keyboard.press('+')
  await expect.poll(viewOf).toHaveLength(2)
  const [from] = (await viewOf()) as [number]
  await page.keyboard.press('Shift+ArrowRight')
  await expect.poll(async () => (await viewOf())[0]).toBeGreaterThan(from)
  await page.keyboard.press('End')
  const last = await cursor()
  await expect.poll(async () => (await viewOf())[1]).toBe(last)
  await page.keyboard.press('0')
  await expect.poll(viewOf).toEqual([])
  await page.getByTestId('by-step').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  expect(await page.getByTestId('by-time').getAttribute('aria-checked')).toBe('true')
  await plot().focus()
  await page.keyboard.press('End')
  await expect.poll(() => text('loss-chart-aloud')).toMatch(/^at \d+:\d\d: /)
  await page.getByTestId('by-step').click()
})

test('what is shown is saved as CSV, SVG and PNG', async () => {
  const save = (format: string) =>
    saved(async () => {
      await page.getByTestId('loss-chart-save').click()
      await page.getByTestId(`save-${format}`).click()
    })
  const csv = await save('csv')
  expect([csv.name, csv.bytes.toString().split('\n')[0]]).toEqual([
    'loss-chart.csv',
    'step,training raw,training,validation',
  ])
  const svg = (await save('svg')).bytes.toString()
  expect(svg).toMatch(/^<svg [^]*>Loss<[^]*<path d="M[^]*<\/svg>\n$/)
  const png = (await save('png')).bytes
  expect([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
    'PNG',
    1920,
    840,
  ])
})

test('by keyboard: runs are renamed, starred, found and shown', async () => {
  await page.getByTestId('part-runs').click()
  const [newest, oldest] = (await rows()) as [string, string]
  await page.getByTestId(newest).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('F2')
  await page.getByTestId('run-name-field').waitFor()
  await page.keyboard.type('First try')
  await page.keyboard.press('Enter')
  await expect.poll(() => text(oldest)).toContain('First try')
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-testid')))
    .toBe(oldest)
  await page.keyboard.press('s')
  await expect.poll(() => page.getByTestId(oldest).getAttribute('data-star')).toBe('true')
  await page.getByTestId('runs-starred').click()
  await expect.poll(rows).toEqual([oldest])
  await page.getByTestId('runs-starred').click()
  await page.getByTestId('runs-search').fill('first TRY')
  await expect.poll(rows).toEqual([oldest])
  await page.getByTestId('runs-search').fill('')
  await page.getByTestId(oldest).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => text('run-header')).toContain('First try')
  await page.getByTestId('run-notes').fill('with the starter')
  await page.getByTestId('run-notes').blur()
  // What was written stays over a reload of the window.
  await page.reload()
  await page.getByTestId('room-train').click()
  await page.getByTestId('part-runs').click()
  await expect.poll(() => text(oldest)).toContain('First try')
  expect(await text(oldest)).toContain('with the starter')
})

test('two runs are compared: over one another, with what differs', async () => {
  await page.getByTestId('part-runs').click()
  const [newest] = (await rows()) as [string]
  await page.getByTestId(newest).focus()
  expect(await page.getByTestId('runs-compare').isDisabled()).toBe(true)
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  expect(await text('runs-selected')).toBe('2 selected')
  expect(await look(opened, 'train-runs')).toEqual([])
  await page.getByTestId('runs-compare').click()
  await expect.poll(() => text('comparing')).toBe('Comparing 2 runs')
  await expect.poll(() => text('loss-chart')).toContain('First try')
  expect(await text('compare-table')).toContain('First try')
  await expect.poll(() => text('compare-paired')).toContain('both judged')
  expect(await look(opened, 'train-compare')).toEqual([])
  await page.getByTestId('end-compare').click()
  await expect.poll(() => page.getByTestId('compare-table').count()).toBe(0)
})

test('Delete asks first', async () => {
  await page.getByTestId('part-runs').click()
  const all = await rows()
  await page.getByTestId(all[0]!).focus()
  await page.keyboard.press('Delete')
  await page.getByTestId('confirm-trash').waitFor()
  expect(await look(opened, 'train-trash')).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByTestId('confirm-trash').waitFor({ state: 'detached' })
  expect(await rows()).toEqual(all)
})

test('the window had nothing to complain about', () => expect(opened.errors).toEqual([]))
