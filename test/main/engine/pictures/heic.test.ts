// HEIC pictures come out upright and in their colours, damaged ones are reported, and
// decoded pictures are read from the cache.
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decodeSquare, inspectPicture, thumbnail } from '../../../../main/engine/pictures/decode'
import { isHeic, jpegOfHeic, keepDecodedHeic } from '../../../../main/engine/pictures/heic'
import { scan } from '../../../../main/engine/dataset/intake/scan'

const picture = (name: string) => join(__dirname, '../../../fixtures/heic', name)
const [red, green, blue, yellow] = [
  [220, 40, 40],
  [40, 180, 60],
  [50, 80, 220],
  [240, 220, 60],
]

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'heic-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** The middle of each quarter of a square of 32: left and right above, left and right below. */
async function quartersOf(path: string) {
  const pixels = await decodeSquare(path, { resize: 32, crop: 32 })
  const at = (x: number, y: number) => [...pixels.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3)]
  return [at(4, 8), at(28, 8), at(4, 24), at(28, 24)]
}
const near = (found: number[][], wanted: (number[] | undefined)[]) =>
  found.every((colour, i) => colour.every((value, c) => Math.abs(value - wanted[i]![c]!) <= 6))

it('decodes them upright', async () => {
  expect(near(await quartersOf(picture('quarters.heic')), [red, green, blue, yellow])).toBe(true)
  expect(near(await quartersOf(picture('turned.heic')), [blue, red, yellow, green])).toBe(true)
  expect(await inspectPicture(picture('turned.heic'))).toMatchObject({
    width: 64,
    height: 96,
    problem: null,
  })
  const small = await sharp(await thumbnail(picture('turned.heic'), 48)).metadata()
  expect([small.width, small.height]).toEqual([32, 48])
})

it('shows the colours that are meant: a red of Display P3 is a stronger one in sRGB', async () => {
  const [above] = await quartersOf(picture('display-p3.heic'))
  expect(near([above!], [[219, 37, 49]])).toBe(true)
})

it('is not fooled by a thread that can no more', async () => {
  const bytes = await readFile(picture('quarters.heic'))
  const cut = bytes.subarray(0, bytes.length - 60)
  for (let at = 0; at < 3; at++) {
    expect(await jpegOfHeic(cut)).toBeNull()
    expect(await jpegOfHeic(bytes)).not.toBeNull()
  }
})

it('goes on after damaged ones, several at once', async () => {
  const bytes = await readFile(picture('quarters.heic'))
  const cut = join(root, 'cut.heic')
  await writeFile(cut, bytes.subarray(0, bytes.length - 60))
  const noise = join(root, 'noise.heic')
  await writeFile(noise, Buffer.concat([bytes.subarray(0, 60), Buffer.alloc(500, 7)]))
  const all = await Promise.all(
    [cut, picture('quarters.heic'), noise, picture('turned.heic')].map(inspectPicture),
  )
  expect(all.map(({ problem }) => problem !== null)).toEqual([true, false, true, false])
  for (const { problem } of [all[0]!, all[2]!])
    expect(problem?.code).toMatch(/damaged|cut-short|not-a-picture/)
})

it('decodes each content once where there is a place to keep it', async () => {
  const folder = join(root, 'kept')
  keepDecodedHeic(folder)
  await thumbnail(picture('quarters.heic'), 16)
  await thumbnail(picture('quarters.heic'), 32)
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jpg'))
  expect(files).toHaveLength(1)
  // From now on the cached file is shown.
  const white = await sharp({ create: { width: 96, height: 64, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer()
  const checksum = createHash('sha256').update(white).digest()
  await writeFile(join(folder, files[0]!), Buffer.concat([white, checksum]))
  expect((await quartersOf(picture('quarters.heic')))[0]).toEqual([255, 255, 255])
})

it('knows them by what is in them, and takes them for photos', async () => {
  expect(isHeic(await readFile(picture('quarters.heic')))).toBe(true)
  const avif = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .avif()
    .toBuffer()
  expect(isHeic(avif)).toBe(false)
  const mislabelled = join(root, 'phone.jpg')
  await writeFile(mislabelled, await readFile(picture('quarters.heic')))
  expect(await inspectPicture(mislabelled)).toMatchObject({ problem: null, width: 96 })
  expect((await scan([picture('.')])).pictures).toHaveLength(3)
})
