// Every finding of the health panel on real photos with planted faults: it selects its pictures, its
// repair mends it, and undo takes the repair back. By mouse and by keyboard.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropFiles, launch, screenshot, setSize, shared, temporary, type Opened } from './driver'
import { hands, press } from './hands'
import { look } from './look'

const source = join(shared, 'data', 'ants-bees', 'train')
const missing = !existsSync(source)
if (missing) console.log(`dataRoomHealth e2e is skipped: ${source} is not here`)

const photosOf = (name: string) =>
  readdirSync(join(source, name))
    .filter((file) => file.endsWith('.jpg'))
    .sort()
    .map((file) => join(source, name, file))

/** 60 ants and 40 bees, of both some in val, and three "moths", with one fault of each kind. */
async function plant(folder: string) {
  const to = (...names: string[]) => {
    mkdirSync(join(folder, ...names.slice(0, -1)), { recursive: true })
    return join(folder, ...names)
  }
  const [ants, bees] = [photosOf('ants'), photosOf('bees')]
  ants.slice(0, 60).forEach((path, at) => {
    copyFileSync(path, to(at < 50 ? 'train' : 'val', 'ants', basename(path)))
  })
  bees.slice(0, 40).forEach((path, at) => {
    copyFileSync(path, to(at < 34 ? 'train' : 'val', 'bees', basename(path)))
  })
  bees.slice(40, 43).forEach((path) => copyFileSync(path, to('train', 'moths', basename(path))))
  for (const path of bees.slice(50, 53))
    copyFileSync(path, to('train', 'ants', `bee ${basename(path)}`))
  copyFileSync(ants[0]!, to('train', 'ants', 'copy.jpg'))
  copyFileSync(ants[1]!, to('val', 'ants', 'leaked.jpg'))
  const near = await sharp(bees[1]!).resize({ width: 300 }).jpeg({ quality: 60 }).toBuffer()
  writeFileSync(to('train', 'bees', 'near.jpg'), near)
  writeFileSync(to('train', 'bees', 'broken.jpg'), near.subarray(0, near.length / 2))
  const plain = sharp({ create: { width: 80, height: 80, channels: 3, background: '#336' } })
  writeFileSync(to('train', 'bees', 'plain.png'), await plain.png().toBuffer())
  const strip = await sharp(bees[60]!).resize(500, 24, { fit: 'fill' }).jpeg().toBuffer()
  writeFileSync(to('train', 'bees', 'strip.jpg'), strip)
  const before = await sharp(ants[70]!).resize(200).jpeg().toBuffer()
  writeFileSync(to('train', 'ants', 'edited.jpg'), before)
}

/** What each finding shows (names, or how many), and what its repair comes to on the screen. */
const findings = [
  { kind: 'unreadable', repair: 'exclude', names: ['broken.jpg'], mended: 1 },
  { kind: 'changed', repair: 'review', names: ['edited.jpg'], mended: 1 },
  { kind: 'exact-duplicate', repair: 'exclude', count: 4, mended: 2 },
  { kind: 'near-duplicate', repair: 'exclude', contains: 'near.jpg', mended: 1 },
  { kind: 'leak', repair: 'setSplit', contains: 'leaked.jpg', mended: 1 },
  { kind: 'mislabel', repair: 'label', contains: 'bee ', mended: 1 },
  { kind: 'tiny-class', repair: 'exclude', count: 3, mended: 3 },
  { kind: 'imbalance', repair: 'exclude', count: 3, mended: 3 },
  { kind: 'extreme-size', repair: 'exclude', names: ['strip.jpg'], mended: 1 },
  { kind: 'single-colour', repair: 'exclude', names: ['plain.png'], mended: 1 },
] as const

describe.skipIf(missing).each(hands)('by %s', (hand) => {
  const folder = temporary('health')
  let opened: Opened
  let page: Page

  beforeAll(async () => {
    await plant(folder)
    opened = await launch({ choose: { folder: [folder] } })
    page = opened.page
    await setSize(opened.app, 1280, 800)
    if (hand === 'mouse') await dropFiles(page, [folder], '[data-testid=first-run]')
    else await press(page, hand, 'choose-folder')
    await page.getByTestId('class-row-ants').waitFor({ timeout: 60_000 })
    await page.getByTestId('health-extreme-size').waitFor({ timeout: 60_000 })
    const other = await sharp(photosOf('ants')[71]!).resize(200).jpeg().toBuffer()
    writeFileSync(join(folder, 'train', 'ants', 'edited.jpg'), other)
    await page.reload()
    await page.getByTestId('health-changed').waitFor({ timeout: 60_000 })
    await press(page, hand, 'health-doubt')
    await page.getByTestId('health-mislabel').waitFor({ timeout: 120_000 })
  })
  afterAll(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const cells = () => page.locator('[data-testid=grid] [role=gridcell]')
  const shown = () =>
    cells().evaluateAll((all) =>
      all.map((cell) => cell.querySelector('[title]')!.getAttribute('title')!),
    )
  const words = () =>
    cells().evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')!))

  test.each(findings)('$kind', async (finding) => {
    const { kind, repair, mended } = finding
    await press(page, hand, `show-${kind}`)
    await expect
      .poll(() => page.getByTestId('selection-bar').getAttribute('data-count'))
      .not.toBe('0')
    await expect
      .poll(() => page.getByTestId('order-menu').getAttribute('data-order'))
      .toBe('finding')
    const names = await shown()
    if ('names' in finding) expect(names).toEqual(finding.names)
    if ('count' in finding) expect(names).toHaveLength(finding.count)
    if ('contains' in finding)
      expect(names).toContainEqual(expect.stringContaining(finding.contains))
    const before = await words()
    const changes = async () => (await words()).filter((now, at) => now !== before[at]).length
    const inVal = () => page.getByTestId('split-val').getAttribute('data-count').then(Number)
    const valBefore = await inVal()
    if (kind === 'leak') await screenshot(page, `data-health-${hand}`)
    await press(page, hand, `repair-${kind}-${repair}`)
    if (repair === 'setSplit') await expect.poll(inVal).toBe(valBefore - mended)
    else await expect.poll(changes).toBeGreaterThanOrEqual(mended)
    await page.getByTestId(`repair-${kind}-${repair}`).waitFor({ state: 'detached' })
    await press(page, hand, 'undo')
    if (repair === 'setSplit') await expect.poll(inVal).toBe(valBefore)
    else await expect.poll(changes).toBe(0)
    await page.getByTestId(`repair-${kind}-${repair}`).waitFor({ timeout: 30_000 })
  })

  test('looks', async () => {
    expect(await look(opened, `health-${hand}`)).toEqual([])
    expect(opened.errors).toEqual([])
  })
})
