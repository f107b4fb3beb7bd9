// Features come back bit for bit, whatever was cut off, and only for the key they were made for.
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFeatureCache, pruneFeatureCaches } from '../../../../main/engine/features/featureCache'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'features-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const values = 4
const key = { weights: 'w', cut: 'layer3', half: false }
const open = (more: object = {}) =>
  openFeatureCache({ folder: root, key: { ...key, ...more }, bytesPerRecord: values * 4 })
const record = (n: number) => Array.from({ length: values }, (_, i) => n + i / 10)
const numbers = (...records: number[]) => new Float32Array(records.flatMap(record))
const only = async () => join(root, (await readdir(root))[0]!)
/** Records and index of the one part. */
async function partFiles(): Promise<[string, string]> {
  const folder = await only()
  const names = (await readdir(folder)).filter((name) => /\.(bin|jsonl)$/.test(name))
  expect(names.length).toBe(2)
  const find = (end: string) =>
    join(
      folder,
      names.find((name) => name.endsWith(end))!,
    )
  return [find('.bin'), find('.jsonl')]
}

async function filled() {
  const cache = await open()
  await cache.append(['a', 'b'], numbers(1, 2))
  await Promise.all([cache.append(['c'], numbers(3)), cache.append(['d'], numbers(4))])
  await cache.close()
}
async function read(...hashes: string[]) {
  const cache = await open()
  const target = new Float32Array(hashes.length * values)
  await cache.readInto(hashes, target).finally(() => cache.close())
  return target
}

describe('feature cache', () => {
  it('reads in any order what was added, after closing too', async () => {
    await filled()
    expect(await read('d', 'a', 'b', 'a')).toEqual(numbers(4, 1, 2, 1))
    await expect(read('nothing')).rejects.toThrow('no record')
  })

  it('keeps what was whole when either file is cut at any byte', async () => {
    await filled()
    const [records, index] = await partFiles()
    const whole = [await readFile(records), await readFile(index)] as const
    for (const [which, name] of [records, index].entries()) {
      const { length } = whole[which]!
      for (let cut = 0; cut <= length; cut++) {
        await writeFile(records, whole[0])
        await writeFile(index, whole[1])
        await truncate(name, cut)
        const cache = await open()
        const kept = ['a', 'b', 'c', 'd'].filter((hash) => cache.has(hash))
        // A last line without its line break is whole, too.
        const lines = which === 1 && cut % (length / 4) === length / 4 - 1 ? 1 : 0
        expect(kept).toEqual(['a', 'b', 'c', 'd'].slice(0, Math.floor((cut * 4) / length) + lines))
        await cache.append(['e'], numbers(9))
        const target = new Float32Array((kept.length + 1) * values)
        await cache.readInto([...kept, 'e'], target)
        expect(target).toEqual(numbers(...kept.map((_, i) => i + 1), 9))
        await cache.close()
        expect(await read('e')).toEqual(numbers(9))
      }
    }
  })

  it('is empty for another key, and when the key inside is another', async () => {
    await filled()
    const other = await open({ cut: 'layer2' })
    expect(other.has('a')).toBe(false)
    await other.close()
    for (const name of await readdir(root))
      await writeFile(join(root, name, 'key.json'), '"tampered"')
    const again = await open()
    expect([again.has('a'), again.count]).toEqual([false, 0])
    await again.close()
  })

  it('goes on in the same part, and in another one while that is in use', async () => {
    await filled()
    const first = await open()
    await first.append(['e'], numbers(5))
    await partFiles()
    const second = await open()
    await second.append(['f'], numbers(6))
    const parts = (await readdir(await only())).filter((name) => name.endsWith('.bin'))
    expect(parts.length).toBe(2)
    await Promise.all([first.close(), second.close()])
    expect(await read('a', 'b', 'c', 'd', 'e', 'f')).toEqual(numbers(1, 2, 3, 4, 5, 6))
  })

  it('notices every flipped bit, and takes the sound one of two records', async () => {
    await filled()
    const files = [...(await partFiles()), join(await only(), 'key.json')]
    const expected = new Map(['a', 'b', 'c', 'd'].map((hash, i) => [hash, numbers(i + 1)]))
    for (const file of files) {
      const bytes = await readFile(file)
      for (let bit = 0; bit < bytes.length * 8; bit += 5) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        await writeFile(file, flipped)
        const cache = await open()
        await cache.check([...expected.keys()])
        let kept = 0
        for (const [hash, values] of expected) {
          if (!cache.has(hash)) continue
          kept++
          const target = new Float32Array(values.length)
          await cache.readInto([hash], target)
          expect(target).toEqual(values)
        }
        if (file !== files[2]) expect(kept).toBeGreaterThanOrEqual(2)
        await cache.close()
        // A changed key empties the cache.
        if (file === files[2]) {
          expect(kept).toBe(0)
          await rm(await only(), { recursive: true })
          await filled()
        } else await writeFile(file, bytes)
      }
    }
    const [records] = await partFiles()
    const bytes = await readFile(records)
    bytes[5]! ^= 1
    await writeFile(records, bytes)
    const mending = await open()
    await mending.check(['a'])
    expect(mending.has('a')).toBe(false)
    await mending.append(['a'], numbers(1))
    await mending.close()
    expect(await read('a', 'b')).toEqual(numbers(1, 2))
  })

  it('takes the same key in another order for the same', async () => {
    await filled()
    const cache = await openFeatureCache({
      folder: root,
      key: { half: false, cut: 'layer3', weights: 'w' },
      bytesPerRecord: 16,
    })
    expect(cache.has('a')).toBe(true)
    await cache.close()
  })

  it('prunes what was used longest ago, but never what is open', async () => {
    for (const cut of ['one', 'two', 'three']) {
      const cache = await open({ cut })
      await cache.append(['a'], numbers(1))
      await cache.close()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const held = await open({ cut: 'one' })
    const total = await pruneFeatureCaches(root, 1e9)
    expect(await pruneFeatureCaches(root, total - 1)).toBeLessThan(total)
    const two = await open({ cut: 'two' })
    const three = await open({ cut: 'three' })
    expect([held.has('a'), two.has('a'), three.has('a')]).toEqual([true, false, true])
    await Promise.all([two.close(), three.close()])
    await pruneFeatureCaches(root, 0)
    expect((await readdir(root)).length).toBe(1)
    await held.close()
  })
})
