// How deep a network is worth it: the queue trains one of each depth whose weights are here, the
// starter's and those of a file, and recommends one. By keyboard where the room is new.
import { existsSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropFiles, launch, setSize, shared, temporary, type Opened } from './driver'
import { askQueue, expectCount } from './hands'
import { look } from './look'
import { writePhotos } from './photos'

const weights = join(shared, 'pretrained', 'resnet50v2-imagenet-to-layer3.safetensors')
const missing = !existsSync(weights)
if (missing) console.log(`depthAdviser e2e is skipped: ${weights} is not here`)

describe.skipIf(missing)('the depth adviser', () => {
  const folder = temporary('depths')
  let opened: Opened

  beforeAll(async () => {
    for (const [hue, name] of ['Red', 'Green'].entries())
      await writePhotos(join(folder, name), { hue, count: 16 })
    opened = await launch({ choose: { weights: [weights] } })
    await setSize(opened.app, 1280, 800)
    await dropFiles(opened.page, [folder], '[data-testid=first-run]')
    await expectCount(opened.page, 'Green', 16)
  })
  afterAll(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('two depths are trained, set side by side, and one is recommended', async () => {
    const { page } = opened
    await page.getByTestId('room-network').click()
    await page.getByTestId('weights-file').click()
    await page.locator('.card.chosen', { hasText: basename(weights) }).waitFor({ timeout: 60_000 })
    await page.getByTestId('room-train').click()
    await askQueue(page, 'depth')
    const items = page.locator('[data-testid^=queue-item-]')
    await expect.poll(() => items.count(), { timeout: 20_000 }).toBe(2)
    await page.getByTestId('queue-advice').click({ timeout: 240_000 })
    const table = page.getByTestId('advice-table')
    await table.waitFor()
    expect(await table.innerText()).toMatch(/ResNet-18.*%.*ResNet-50 ?v2.*%/s)
    expect(await page.locator('[data-recommended=true]').count()).toBe(1)
    expect(await look(opened, 'train-depths')).toEqual([])
    expect(opened.errors).toEqual([])
  })
})
