// What people really drop: among good pictures, files that are none, are cut short or are empty,
// with names in any script. The good ones must be usable and the bad ones named with a reason.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dropFiles, launch, screenshot, setSize, temporary, type Opened } from './driver'

const good = [
  '나뭇잎 하나.jpg',
  'sunny day.jpg',
  '🌻 flower.jpg',
  'plain.jpg',
  'plain2.jpg',
  'plain3.jpg',
]
const dropped = temporary('bad-input')
const emptyFolder = temporary('empty')
let opened: Opened

async function picture(seed: number): Promise<Buffer> {
  const pixels = Buffer.from(
    Array.from(
      { length: 96 * 96 * 3 },
      (_, i) => (Math.imul(i ^ (seed << 7), 2654435761) >>> (8 + (seed % 5))) & 255,
    ),
  )
  return sharp(pixels, { raw: { width: 96, height: 96, channels: 3 } })
    .jpeg()
    .toBuffer()
}

beforeAll(async () => {
  let seed = 1
  for (const name of ['red kites 🪁', '고양이']) {
    mkdirSync(join(dropped, name))
    for (const file of good) writeFileSync(join(dropped, name, file), await picture(seed++))
  }
  const whole = await picture(99)
  writeFileSync(join(dropped, '고양이', 'text.jpg'), 'This is no picture at all.\n'.repeat(20))
  writeFileSync(join(dropped, '고양이', 'cut short.jpg'), whole.subarray(0, whole.length / 2))
  writeFileSync(join(dropped, 'red kites 🪁', 'nothing.jpg'), '')
  opened = await launch()
  await setSize(opened.app, 1280, 800)
})

afterAll(async () => {
  await opened?.close()
  for (const folder of [dropped, emptyFolder]) rmSync(folder, { recursive: true, force: true })
})

test('an empty folder is answered with a notice', async () => {
  await dropFiles(opened.page, [emptyFolder], '[data-testid=first-run]')
  const notice = opened.page.getByTestId('notice').first()
  await notice.waitFor({ timeout: 20_000 })
  expect(await notice.innerText()).toContain('No photos were found')
  await opened.page.getByTestId('first-run').waitFor()
})

test('bad files are listed with reasons and the rest can be used', async () => {
  const { page } = opened
  await dropFiles(page, [dropped], '[data-testid=view-data]')
  const health = page.getByTestId('health-unreadable')
  await health.waitFor({ timeout: 60_000 })
  for (const line of [
    /text\.jpg: .*not a picture/,
    /cut short\.jpg: .*(cut short|damaged)/,
    /nothing\.jpg: .*empty/,
  ])
    await expect.poll(() => health.innerText(), { timeout: 30_000 }).toMatch(line)
  await screenshot(page, 'bad-input')
  for (const name of ['red kites 🪁', '고양이'])
    await page.getByTestId(`class-row-${name}`).waitFor({ timeout: 10_000 })
  for (const file of good) expect(await page.locator(`[title="${file}"]`).count(), file).toBe(2)
  await page.locator('[data-testid=fine-tune]:enabled').waitFor({ timeout: 30_000 })
  expect(opened.errors).toEqual([])
})
