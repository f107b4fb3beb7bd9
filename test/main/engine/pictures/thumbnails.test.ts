// Thumbnails are made once, follow their picture, and stay below the limit of the cache.
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openThumbnails } from '../../../../main/engine/pictures/thumbnails'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'thumbnails-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const cache = () => join(root, 'cache')
async function photo(name: string, background: string) {
  const path = join(root, name)
  await sharp({ create: { width: 300, height: 200, channels: 3, background } })
    .png()
    .toFile(path)
  return path
}
const unread = (path: string) => ({ path, modified: null, bytes: null })
async function keptFiles() {
  const names = await readdir(cache(), { recursive: true })
  return (names as string[])
    .filter((name) => name.endsWith('.webp'))
    .map((name) => join(cache(), name))
}

describe('thumbnails', () => {
  it('keep one file a picture and size, and a new one when the picture changed', async () => {
    const thumbnails = openThumbnails(cache())
    const path = await photo('a.png', 'red')
    const [first, again] = await Promise.all([
      thumbnails.get(unread(path), 64),
      thumbnails.get(unread(path), 64),
    ])
    expect(again).toBe(first)
    await thumbnails.get(unread(path), 32)
    expect((await keptFiles()).length).toBe(2)
    await photo('a.png', 'blue')
    await utimes(path, 1, 1)
    const changed = await thumbnails.get(unread(path), 64)
    expect(changed.equals(first)).toBe(false)
    expect((await keptFiles()).length).toBe(3)
  })

  it('show the last of a file that is gone, and say so where there is none', async () => {
    const thumbnails = openThumbnails(cache())
    const path = await photo('a.png', 'red')
    const last = await thumbnails.get(unread(path), 64)
    const { mtimeMs: modified, size: bytes } = await stat(path)
    await rm(path)
    expect((await thumbnails.get({ path, modified, bytes }, 64)).equals(last)).toBe(true)
    for (const picture of [unread(path), { path, modified: modified + 1, bytes }])
      await expect(thumbnails.get(picture, 64)).rejects.toMatchObject({ code: 'file-missing' })
  })

  it('forget what was not looked at for longest when there are too many', async () => {
    const whole = openThumbnails(cache())
    const paths: string[] = []
    for (let i = 0; i < 10; i++) {
      paths.push(await photo(`${i}.png`, `rgb(${i * 20}, 0, 0)`))
      await whole.get(unread(paths[i]!), 64)
    }
    const files = await keptFiles()
    const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    await Promise.all(files.map((path) => utimes(path, 1000, 1000)))
    const kept = files[3]!
    await utimes(kept, 2000, 2000)
    await openThumbnails(cache(), { limit: total * 0.5 }).prune()
    const left = await keptFiles()
    expect(left).toContain(kept)
    expect(left.length).toBeLessThan(6)
    expect(left.length).toBeGreaterThan(2)
  })
})
