// How the next run trains, by mouse and by keyboard: presets, knobs, the search for a rate, varied
// photos, a queue with its advice, and a window that is closed while a run goes on. One window for all
// of it, so the steps depend on each other and stand in one order.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropFiles, launch, setSize, temporary, type Opened } from './driver'
import { askQueue, tabTo } from './hands'
import { look } from './look'
import { writePhotos } from './photos'

describe('how the next run trains', () => {
  const folder = temporary('photos')
  let opened: Opened
  let page: Page
  const at = (testid: string) => page.getByTestId(testid)
  const sentence = () => at('fine-tune-sentence').innerText()

  beforeAll(async () => {
    await writePhotos(join(folder, 'red'), { hue: 0, count: 20 })
    await writePhotos(join(folder, 'green'), { hue: 1, count: 20 })
    opened = await launch()
    page = opened.page
    await setSize(opened.app, 960, 640)
    await dropFiles(page, [folder], '[data-testid=first-run]')
    await at('class-row-red').waitFor({ timeout: 60_000 })
    await at('room-train').click()
  })
  afterAll(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Solved exactly, as Quick does, a head has no epochs, rate or variations. */
  const byGradient = () => at('setting-solver').selectOption('gradient')

  test('three presets say what they cost here, and the recommended one is chosen', async () => {
    for (const preset of ['quick', 'balanced', 'thorough']) {
      await at(`preset-cost-${preset}`).waitFor({ timeout: 120_000 })
      expect(await at(`preset-cost-${preset}`).innerText()).toMatch(/about .+, .+B/)
    }
    const recommended = page.locator('[role=radio]', { hasText: 'recommended' })
    expect(await recommended.count()).toBe(1)
    await expect.poll(() => recommended.getAttribute('aria-checked')).toBe('true')
    expect(await look(opened, 'train-presets')).toEqual([])
  })

  test('a preset is chosen by a click, another by an arrow key', async () => {
    await at('preset-quick').click()
    await expect.poll(sentence, { timeout: 20_000 }).toMatch(/^Solves the head on 40 photos/)
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => at('preset-balanced').getAttribute('aria-checked')).toBe('true')
    await expect.poll(sentence, { timeout: 20_000 }).toMatch(/^Solves the head, then tunes .+ on/)
    await page.keyboard.press('ArrowUp')
    await expect.poll(sentence, { timeout: 20_000 }).toMatch(/^Solves the head on/)
  })

  test('a knob is found and turned by keyboard; what cannot be is refused; back to the preset', async () => {
    await tabTo(page, 'all-settings')
    await page.keyboard.press('Enter')
    await byGradient()
    await tabTo(page, 'knob-filter')
    await page.keyboard.type('epoch')
    await tabTo(page, 'setting-epochs')
    const before = await at('setting-epochs').inputValue()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('0')
    await page.keyboard.press('Tab')
    await at('setting-epochs-refused').waitFor()
    expect(await at('setting-epochs').inputValue()).toBe(before)
    await at('setting-epochs').fill('7')
    await page.keyboard.press('Tab')
    await at('changed-by-hand').waitFor()
    expect(await at('setting-epochs-refused').count()).toBe(0)
    await at('preset-restore').click()
    await at('setting-epochs').waitFor({ state: 'detached' })
    expect(await at('changed-by-hand').count()).toBe(0)
    await at('knob-filter').fill('')
    expect(await at('setting-solver').inputValue()).toBe('exact')
  })

  test('legs are added, changed and taken away', async () => {
    await byGradient()
    await at('leg-add').click()
    await expect.poll(() => at('legs').getAttribute('data-count')).toBe('2')
    await at('leg-1-layer2').check()
    await at('leg-1-epochs').fill('3')
    await page.keyboard.press('Tab')
    expect(await look(opened, 'train-legs')).toEqual([])
    await expect
      .poll(sentence, { timeout: 20_000 })
      .toMatch(/^Trains the head, then layer 2, layer 3, on/)
    expect(await at('setting-epochs').count()).toBe(0)
    await at('leg-remove-1').click()
    await expect.poll(sentence, { timeout: 20_000 }).toMatch(/^Trains the head on/)
    await at('preset-quick').click()
  })

  test('a learning rate is looked for, given up, found and used', async () => {
    await byGradient()
    await page.locator('[data-testid=rate-find]:enabled').waitFor({ timeout: 20_000 })
    await at('rate-find').click()
    await at('rate-cancel').click()
    await at('rate-find').waitFor({ timeout: 30_000 })
    expect(await at('rate-problem').count()).toBe(0)
    await at('rate-find').click()
    await at('rate-suggested').waitFor({ timeout: 120_000 })
    expect(Number(await at('rate-chart').getAttribute('data-points'))).toBeGreaterThan(10)
    expect(await look(opened, 'train-rate')).toEqual([])
    await at('rate-apply').click()
    await expect
      .poll(async () => Number(await at('setting-learningRate').inputValue()))
      .toBeGreaterThan(0)
    await at('preset-restore').click()
  })

  test('sixteen results of the chosen variations are seen, and others with other dice', async () => {
    await byGradient()
    await at('knobs-augmentation').click()
    await at('augment-strong').click()
    /** The pixels of each, made small. */
    const drawn = () =>
      page.locator('[data-testid=augment-strip] img').evaluateAll((images) =>
        Promise.all(
          (images as HTMLImageElement[]).map(async (image) => {
            await image.decode()
            const context = document.createElement('canvas').getContext('2d')!
            context.drawImage(image, 0, 0, 16, 16)
            return context.getImageData(0, 0, 16, 16).data.join()
          }),
        ),
      )
    await expect
      .poll(() => at('augment-strip').getAttribute('data-count'), { timeout: 60_000 })
      .toBe('16')
    await expect.poll(() => at('augment-strip').getAttribute('aria-busy')).toBe('false')
    const strong = await drawn()
    expect(new Set(strong).size).toBeGreaterThan(8)
    await at('augment-strip').scrollIntoViewIfNeeded()
    expect(await look(opened, 'train-augment')).toEqual([])
    await at('augment-dice').focus()
    await page.keyboard.press('Enter')
    await expect.poll(drawn, { timeout: 60_000 }).not.toEqual(strong)
    await at('augment-none').click()
    await expect.poll(async () => new Set(await drawn()).size, { timeout: 60_000 }).toBe(1)
    await at('preset-quick').click()
  })

  test('what to freeze is asked of a queue, answered, and advised on', async () => {
    await byGradient()
    await at('setting-epochs').fill('2')
    await page.keyboard.press('Tab')
    await at('changed-by-hand').waitFor()
    await at('all-settings').click()
    await askQueue(page, 'freezing')
    const items = page.locator('[data-testid^=queue-item-]')
    await expect.poll(() => items.count(), { timeout: 20_000 }).toBe(3)
    await at('queue-advice').waitFor({ timeout: 280_000 })
    expect(
      await items.evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.state)),
    ).toEqual(['done', 'done', 'done'])
    await at('queue-advice').click()
    await at('advice-table').waitFor()
    expect(await page.locator('[data-recommended=true]').count()).toBe(1)
    expect(await at('advice-table').innerText()).toMatch(/Head only.*%.*±.*B/s)
    expect(await look(opened, 'train-advice')).toEqual([])
    await page.keyboard.press('Escape')
    await at('advice-table').waitFor({ state: 'detached' })
  })

  test('what waits is taken out, and what runs stays', async () => {
    await at('all-settings').click()
    await at('setting-epochs').fill('10000')
    await page.keyboard.press('Tab')
    await page.locator('[data-testid=queue-add]:enabled').waitFor({ timeout: 20_000 })
    await at('queue-add').click()
    await page.locator('[data-state=running]').waitFor({ timeout: 60_000 })
    await at('queue-add').click()
    const cancel = page.locator('[data-testid^=queue-cancel-]').first()
    await cancel.click()
    await cancel.waitFor({ state: 'detached' })
    expect(await page.locator('[data-state=running]').count()).toBe(1)
    expect(await page.locator('[data-testid^=queue-item-][data-state=waiting]').count()).toBe(0)
    expect(await look(opened, 'train-queue')).toEqual([])
  })

  test('the window asks before it closes on a run; Escape stays, stop keeps the best', async () => {
    await page.locator('[data-testid=job-strip][data-phase=training]').waitFor({ timeout: 120_000 })
    const closeWindow = () =>
      opened.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await closeWindow()
    await at('closing-background').waitFor({ timeout: 20_000 })
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-testid')))
      .toBe('closing-background')
    await page.keyboard.press('Escape')
    await at('closing-background').waitFor({ state: 'detached' })
    expect(await at('job-strip').getAttribute('data-status')).toBe('running')
    expect(opened.errors).toEqual([])
    await closeWindow()
    await at('closing-stop').waitFor({ timeout: 20_000 })
    const projects = join(opened.home, 'projects')
    const weights = () =>
      readdirSync(projects, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('run.json'))
        .map((name) => join(projects, name.replace(/run\.json$/, 'weights.safetensors')))
    // There is a best only after the first epoch.
    await expect
      .poll(() => weights().every((path) => existsSync(path)), { timeout: 60_000 })
      .toBe(true)
    const closed = page.waitForEvent('close', { timeout: 60_000 })
    await at('closing-stop').click()
    await closed
    expect(weights().map((path) => existsSync(path))).toEqual([true, true, true, true])
  })
})
