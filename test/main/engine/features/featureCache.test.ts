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
    const folder = await only()
    for (const name of ['records.bin', 'index.jsonl']) {
      const [bin, index] = await Promise.all(
        ['records.bin', 'index.jsonl'].map((file) => readFile(join(folder, file))),
      )
      const length = (name === 'records.bin' ? bin : index)!.length
      for (let cut = 0; cut <= length; cut++) {
        await writeFile(join(folder, 'records.bin'), bin!)
        await writeFile(join(folder, 'index.jsonl'), index!)
        await truncate(join(folder, name), cut)
        const cache = await open()
        const kept = ['a', 'b', 'c', 'd'].filter((hash) => cache.has(hash))
        expect(kept).toEqual(['a', 'b', 'c', 'd'].slice(0, Math.floor((cut * 4) / length)))
        await cache.append(['e'], numbers(9))
        const target = new Float32Array((kept.length + 1) * values)
        await cache.readInto([...kept, 'e'], target)
        expect(target).toEqual(numbers(...kept.map((_, i) => i + 1), 9))
        await cache.close()
      }
      await writeFile(join(folder, 'records.bin'), bin!)
      await writeFile(join(folder, 'index.jsonl'), index!)
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
