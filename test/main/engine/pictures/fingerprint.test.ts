// A cached fingerprint is used only while the file is unchanged.
import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFingerprints } from '../../../../main/engine/pictures/fingerprint'
import { sha256OfFile } from '../../../../main/engine/files/hashFile'
import { distance } from '../../../../main/engine/pictures/perceptualHash'
import { seededRandom } from '../../../../shared/random'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fingerprint-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

describe('fingerprints', () => {
  it('are the published SHA-256, and say what cannot be read', async () => {
    await writeFile(join(root, 'abc'), 'abc')
    expect(await sha256OfFile(join(root, 'abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    await expect(sha256OfFile(join(root, 'gone'))).rejects.toMatchObject({ code: 'file-missing' })
    await expect(sha256OfFile(root)).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('are remembered over closing, past a spoiled line, until the file changes', async () => {
    const store = join(root, 'fingerprints.jsonl')
    const path = join(root, 'a')
    await writeFile(path, 'one')
    const first = await openFingerprints(store)
    const hash = await first.hash(path)
    await first.flush()
    await appendFile(store, '{"path":"half')
    const second = await openFingerprints(store)
    expect(await second.hash(path)).toBe(hash)
    await writeFile(path, 'other')
    expect(await second.hash(path)).not.toBe(hash)
  })

  it('takes the hash of what was read where the file is still the same, and reads it otherwise', async () => {
    const path = join(root, 'a.txt')
    await writeFile(path, 'abc')
    const { size, mtimeMs } = await stat(path)
    const prints = await openFingerprints(join(root, 'prints.jsonl'))
    const read = { bytes: size, modified: mtimeMs, hash: 'known' }
    expect(await prints.hash(path, read)).toBe('known')
    const other = await openFingerprints(join(root, 'other.jsonl'))
    expect(await other.hash(path, { ...read, modified: mtimeMs - 1 })).not.toBe('known')
  })

  it('say alike of what looks alike', async () => {
    const scene = (seed: number) => {
      const random = seededRandom(seed)
      const blocks = Buffer.from(Array.from({ length: 15 * 12 * 3 }, () => random.integer(256)))
      return sharp(blocks, { raw: { width: 15, height: 12, channels: 3 } })
        .resize(200, 160, { kernel: 'cubic' })
        .png()
        .toBuffer()
    }
    await sharp(await scene(1))
      .jpeg()
      .toFile(join(root, 'a.jpg'))
    await sharp(await scene(1))
      .resize(300)
      .modulate({ brightness: 0.9 })
      .jpeg({ quality: 60 })
      .toFile(join(root, 'b.png'))
    await sharp(await scene(2))
      .jpeg()
      .toFile(join(root, 'c.jpg'))
    const prints = await openFingerprints(join(root, 'none.jsonl'))
    const [a, b, c] = (
      await Promise.all(['a.jpg', 'b.png', 'c.jpg'].map((name) => prints.print(join(root, name))))
    ).map(({ look }) => look.whole)
    expect(distance(a!, b!)).toBeLessThanOrEqual(6)
    expect(distance(a!, c!)).toBeGreaterThan(9)
  })
})
