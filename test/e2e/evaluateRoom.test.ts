// The Evaluate room on a small trained model: what each block adds; and what the engine's chip opens
// to once features are kept.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropFiles, launch, screenshot, setSize, temporary, type Opened } from './driver'
import { writePhotos } from './photos'

describe('what a trained model shows', () => {
  const folder = temporary('evaluate')
  let opened: Opened

  beforeAll(async () => {
    for (const [hue, name] of ['red', 'green'].entries())
      await writePhotos(join(folder, name), { hue, count: 12 })
    opened = await launch()
    await setSize(opened.app, 1280, 800)
    const { page } = opened
    await dropFiles(page, [folder], '[data-testid=first-run]')
    await page.getByTestId('class-row-green').waitFor({ timeout: 60_000 })
    await page.locator('[data-testid=fine-tune]:enabled').waitFor({ timeout: 60_000 })
    await page.getByTestId('fine-tune').click()
    await page.getByTestId('run-status').waitFor({ timeout: 60_000 })
    await page.getByTestId('room-evaluate').click()
    await page.getByTestId('accuracy').waitFor({ timeout: 120_000 })
  }, 240_000)
  afterAll(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('each block is switched off in turn, by keyboard', async () => {
    const { page } = opened
    await page.getByTestId('measure-blocks').focus()
    await page.keyboard.press('Enter')
    const effects = page.getByTestId('block-effect')
    await effects.first().waitFor({ timeout: 120_000 })
    const names = await effects.evaluateAll((rows) =>
      rows.map((row) => row.getAttribute('data-block')),
    )
    // The starter is a ResNet-18 v2: two blocks in each of its stages.
    expect(names.slice(0, 4)).toEqual(['layer1.0', 'layer1.1', 'layer2.0', 'layer2.1'])
    await effects.first().scrollIntoViewIfNeeded()
    await screenshot(page, 'evaluate-blocks')
  })

  test('the chip tells why this device, and empties the cache', async () => {
    const { page } = opened
    await page.getByTestId('engine-chip').click()
    const use = page.getByTestId('cache-use')
    await use.waitFor()
    expect(Number(await use.getAttribute('data-bytes'))).toBeGreaterThan(0)
    await screenshot(page, 'engine-details')
    await page.getByTestId('cache-clear').click()
    await expect.poll(() => use.getAttribute('data-bytes')).toBe('0')
    await page.keyboard.press('Escape')
    await use.waitFor({ state: 'detached' })
    expect(opened.errors).toEqual([])
  })
})
