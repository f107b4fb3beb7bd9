// Pictures coming in, by mouse and by keyboard: every kind of file, what is passed over and counted,
// more of them again and again, folders that are splits, labels from COCO and from a table that lies
// beside the pictures, and the set going out as links.
import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { dropFiles, shared } from './driver'
import { countOf, expectCount, fromMenu, hands, press, tilesOf, type Hand } from './hands'
import { writeKinds } from './kinds'
import { writePhotos } from './photos'
import { shareWindow } from './sharedWindow'

const ants = join(shared, 'data', 'ants-bees', 'train', 'ants')
const missing = !existsSync(ants)
if (missing) console.log(`dataRoomIntake e2e is skipped in part: ${ants} is not here`)

const sharedWindow = shareWindow('intake', (folder) => ({
  folder: [join(folder, 'photos')],
  photos: [
    join(folder, 'loose', 'loose-01.jpg'),
    join(folder, 'loose', 'loose-02.jpg'),
    join(folder, 'photos', 'Ant', 'photo-01.jpg'),
  ],
  labels: [join(folder, 'annotations.json')],
  'export-folder': [join(folder, 'out')],
}))
const { folder } = sharedWindow
const photos = join(folder, 'photos')
let page: Page
beforeEach(() => {
  page = sharedWindow.opened.page
})

const notices = () => page.getByTestId('notice').allInnerTexts()
/** Dropped on the empty room, or chosen there in the dialog that `choose` answers. */
async function bring(hand: Hand, paths: readonly string[], dialog = 'choose-folder') {
  if (hand === 'mouse') await dropFiles(page, paths, '[data-testid=first-run]')
  else await press(page, hand, dialog)
}
const splitCounts = () =>
  Promise.all(
    ['train', 'val', 'test'].map((split) =>
      page.getByTestId(`split-${split}`).getAttribute('data-count').then(Number),
    ),
  )

describe.skipIf(missing)('of a real photo', () => {
  test.each(hands)(
    'every kind is shown, the rest is passed over and counted (%s)',
    async (hand) => {
      const photo = join(
        ants,
        readdirSync(ants).find((name) => name.endsWith('.jpg'))!,
      )
      const names = await writeKinds(join(photos, 'Ant'), photo)
      await writePhotos(join(photos, 'Bee'), { hue: 1, count: 2 })
      for (const path of [
        'Ant/.hidden.jpg',
        'Ant/Thumbs.db',
        'Bee/.DS_Store',
        '__MACOSX/Bee/._photo-01.jpg',
        'Bee/photo.nef',
        'Bee/notes.txt',
      ]) {
        mkdirSync(join(photos, path, '..'), { recursive: true })
        writeFileSync(join(photos, path), 'nothing that is a picture')
      }
      await bring(hand, [photos])
      await expectCount(page, 'Ant', names.length)
      expect(await countOf(page, 'Bee')).toBe(2)
      const said = `${names.length + 2} photos added.*1 hidden file .*3 system files .*1 file is no photo.*1 photo of a kind`
      await expect.poll(notices).toContainEqual(expect.stringMatching(new RegExp(said, 's')))
      for (const name of names) {
        const image = page.locator(`[data-testid=grid] [title="${name}"] img`)
        const size = () =>
          image.evaluate((it) => [
            (it as HTMLImageElement).naturalWidth,
            (it as HTMLImageElement).naturalHeight,
          ])
        await expect.poll(size, { message: name }).toEqual([64, 96])
      }
      await expect
        .poll(() => page.getByTestId('count-problems').innerText(), { timeout: 20_000 })
        .toBe('Problems 0')
    },
  )
})

test.each(hands)('more can be added again and again, each once (%s)', async (hand) => {
  const first = await writePhotos(join(photos, 'Ant'), { hue: 0, count: 3 })
  await writePhotos(join(photos, 'Bee'), { hue: 1, count: 3 })
  const loose = await writePhotos(join(folder, 'loose'), { hue: 2, count: 2, name: 'loose' })
  await bring(hand, [photos])
  await expectCount(page, 'Bee', 3)
  if (hand === 'mouse') await dropFiles(page, [...loose, first[0]!], '[data-testid=grid]')
  else await fromMenu(page, hand, 'add-photos', 'add-files')
  await expectCount(page, 'Unlabelled', 2)
  await expect.poll(notices).toContainEqual(expect.stringMatching(/2 photos added.*1 were there/s))
  if (hand === 'mouse') await dropFiles(page, [photos], '[data-testid=grid]')
  else await fromMenu(page, hand, 'add-photos', 'add-folder')
  await expect.poll(notices).toContainEqual(expect.stringMatching(/0 photos added.*6 were there/s))
  expect([await countOf(page, 'Ant'), await countOf(page, 'Bee')]).toEqual([3, 3])
  await page.keyboard.press('Control+z')
  await expectCount(page, 'Unlabelled', 0)
})

test('photos dropped on a class are of that class', async () => {
  await writePhotos(join(photos, 'Ant'), { hue: 0, count: 3 })
  await writePhotos(join(photos, 'Bee'), { hue: 1, count: 3 })
  const loose = await writePhotos(join(folder, 'loose'), { hue: 2, count: 2, name: 'loose' })
  await bring('mouse', [photos])
  await expectCount(page, 'Bee', 3)
  await dropFiles(page, loose, '[data-testid=class-row-Bee]')
  await expectCount(page, 'Bee', 5)
  expect(await countOf(page, 'Unlabelled')).toBe(0)
})

test.each(hands)(
  'folders as Keras and PyTorch read them are classes in splits (%s)',
  async (hand) => {
    for (const [split, count] of [
      ['train', 4],
      ['validation', 2],
      ['test', 1],
    ] as const)
      for (const [hue, name] of ['Ant', 'Bee'].entries())
        await writePhotos(join(photos, split, name), { hue, count, name: `${split}-${name}` })
    await bring(hand, [photos])
    await expectCount(page, 'Ant', 7)
    expect(await countOf(page, 'Bee')).toBe(7)
    expect(await splitCounts()).toEqual([8, 4, 2])
    expect(await page.locator('[data-testid^=class-row-]').count()).toBe(3)
  },
)

test.each(hands)('labels come from COCO, and undo takes them back (%s)', async (hand) => {
  const paths = await writePhotos(photos, { hue: 0, count: 4 })
  const coco = join(folder, 'annotations.json')
  writeFileSync(
    coco,
    JSON.stringify({
      images: paths.map((path, id) => ({ id, file_name: path.split('/').pop() })),
      categories: [
        { id: 5, name: 'Ant' },
        { id: 6, name: 'Bee' },
      ],
      annotations: paths.map((_, id) => ({ id, image_id: id, category_id: id < 3 ? 5 : 6 })),
    }),
  )
  await bring(hand, [photos])
  await expectCount(page, 'Unlabelled', 4)
  if (hand === 'mouse') await dropFiles(page, [coco], '[data-testid=grid]')
  else await fromMenu(page, hand, 'more-menu', 'import-labels')
  await page.getByTestId('import-facts').waitFor()
  expect(await countOf(page, 'Unlabelled')).toBe(4)
  await press(page, hand, 'import-apply')
  await expectCount(page, 'Ant', 3)
  expect(await countOf(page, 'Bee')).toBe(1)
  await press(page, hand, 'undo')
  await expectCount(page, 'Unlabelled', 4)
  await press(page, hand, 'redo')
  await expectCount(page, 'Ant', 3)
})

test.each(hands)(
  'a table beside photos is offered; the set goes out as links (%s)',
  async (hand) => {
    const paths = await writePhotos(photos, { hue: 0, count: 4 })
    const rows = paths.map((path, at) => `${path.split('/').pop()},${at < 3 ? 'Ant' : 'Bee'},train`)
    writeFileSync(join(photos, 'labels.csv'), ['file,label,split', ...rows].join('\n'))
    const out = join(folder, 'out')
    mkdirSync(out)
    await bring(hand, [photos])
    await page.getByTestId('import-facts').waitFor({ timeout: 20_000 })
    await press(page, hand, 'import-apply')
    await expectCount(page, 'Ant', 3)
    expect(await splitCounts()).toEqual([4, 0, 0])
    await fromMenu(page, hand, 'more-menu', 'export-links')
    await expect.poll(notices).toContainEqual(expect.stringContaining('4 photos written'))
    const made = join(out, readdirSync(out)[0]!, 'train')
    expect(readdirSync(made).sort()).toEqual(['Ant', 'Bee'])
    expect(readdirSync(join(made, 'Ant'))).toHaveLength(3)
    expect(lstatSync(join(made, 'Bee', 'photo-04.jpg')).isSymbolicLink()).toBe(true)
    expect(paths.every((path) => lstatSync(path).isFile())).toBe(true)
    expect((await tilesOf(page)).length).toBe(4)
  },
)
