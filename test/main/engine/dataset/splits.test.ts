// The drawn parts are stratified, seeded, do not depend on order, and keep together what must be.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignSplits,
  burstOf,
  drawSplits,
  type SplitItem,
} from '../../../../main/engine/dataset/splits'
import type { Split, SplitPolicy } from '../../../../shared/dataset'

const items = (count: number, classId: string, split: SplitItem['split'] = null): SplitItem[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${classId}${i}`, classId, split }))
const options = { seed: 1, valFraction: 0.2 }

describe('assignSplits', () => {
  it('takes the same part of each class, and leaves a lone photo to train', () => {
    const { train, val } = assignSplits(
      [...items(50, 'a'), ...items(10, 'b'), ...items(1, 'c'), ...items(2, 'd')],
      options,
    )
    const count = (ids: string[], name: string) => ids.filter((id) => id.startsWith(name)).length
    expect(['a', 'b', 'c', 'd'].map((name) => count(val, name))).toEqual([10, 2, 0, 1])
    expect(train.length + val.length).toBe(63)
  })

  it('keeps what was set: test in neither, one val picture stops the draw', () => {
    const { train, val } = assignSplits(
      [...items(9, 'a'), ...items(1, 'v', 'val'), ...items(3, 't', 'test')],
      options,
    )
    expect(val).toEqual(['v0'])
    expect(train.length).toBe(9)
  })

  it('validates with a part of a set that has a train folder only', () => {
    expect(assignSplits(items(30, 'b', 'train'), options).val.length).toBe(6)
  })

  it('does not depend on order, and differs with the seed', () => {
    const all = [...items(40, 'a'), ...items(30, 'b', 'train')]
    const wanted = assignSplits(all, options)
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(assignSplits(shuffled, options)).toEqual(wanted)
      }),
      { numRuns: 30 },
    )
    expect(assignSplits(all, { ...options, seed: 2 }).val).not.toEqual(wanted.val)
  })

  it('moves hardly any picture when some are added', () => {
    const before = new Set(assignSplits(items(100, 'a'), options).val)
    const after = assignSplits(items(105, 'a'), options).val
    expect(after.filter((id) => before.has(id)).length).toBeGreaterThan(15)
  })

  it('draws by content: a moved or renamed folder changes nothing', () => {
    const at = (folder: string) =>
      items(40, 'a').map((item, i) => ({
        ...item,
        path: `${folder}/${(i * 7) % 40}.jpg`,
        hash: `h${String((i * 13) % 40)}`,
      }))
    expect(assignSplits(at('/here'), options)).toEqual(assignSplits(at('/there/b'), options))
  })

  it('a copy without a split stays with the photo that was held out', () => {
    const copyOf = (name: string, split: Split | null = null) => ({
      ...{ id: `${name}-${split}`, classId: 'a', split, group: name },
    })
    const { train, val } = assignSplits(
      [...items(9, 'a'), copyOf('v', 'val'), copyOf('v'), copyOf('t', 'test'), copyOf('t')],
      options,
    )
    expect(val.sort()).toEqual(['v-null', 'v-val'])
    expect(train.length).toBe(9)
  })

  it('puts equal files on one side', () => {
    const twins = items(60, 'a').map((item, i) => ({ ...item, hash: `h${i % 30}` }))
    const val = new Set(assignSplits(twins, options).val)
    expect(val.size).toBe(12)
    for (let i = 0; i < 30; i++) expect(val.has(`a${i}`)).toBe(val.has(`a${i + 30}`))
  })
})

describe('drawSplits', () => {
  const policy: SplitPolicy = { seed: 7, val: 0.2, test: 0.1, by: 'picture' }
  const drawn = (from: readonly SplitItem[], how: Partial<SplitPolicy> = {}, again = false) => {
    const result = new Map<string, Split>()
    for (const { pictures, to } of drawSplits(from, { ...policy, ...how }, again))
      for (const id of pictures) result.set(id, to.split!)
    return result
  }
  const count = (of: ReadonlyMap<string, Split>, split: Split, start = '') =>
    [...of].filter(([id, side]) => side === split && id.startsWith(start)).length
  /** Bursts of five, two bursts a folder. */
  const bursts: SplitItem[] = Array.from({ length: 200 }, (_, i) => ({
    id: `p${i}`,
    classId: i < 100 ? 'a' : 'b',
    split: null,
    path: `/set/${Math.floor(i / 10)}/${'xyz'[Math.floor(i / 5) % 2]}-${i % 5}.jpg`,
  }))

  it('takes the parts asked for of every class', () => {
    const sides = drawn([...items(100, 'a'), ...items(50, 'b')])
    expect(['a', 'b'].map((name) => count(sides, 'val', name))).toEqual([20, 10])
    expect(['a', 'b'].map((name) => count(sides, 'test', name))).toEqual([10, 5])
    expect(sides.size).toBe(150)
  })

  it('keeps the splits there are, and evens out what is added', () => {
    const first = drawn(items(100, 'a'))
    const kept = items(200, 'a').map((item) => ({ ...item, split: first.get(item.id) ?? null }))
    const added = drawn(kept)
    expect([...added.keys()].every((id) => Number(id.slice(1)) >= 100)).toBe(true)
    expect(count(added, 'val')).toBe(20)
    expect(drawn(kept, { seed: 8 }, true).size).toBe(200)
  })

  /** On how many sides each folder or burst is. */
  const sidesOf = (what: 'folder' | 'burst', sides: ReadonlyMap<string, Split>) => {
    const together = new Map<string, Set<Split>>()
    for (const { id, path } of bursts) {
      const key = path!.replace(what === 'folder' ? /[^/]*$/ : /\d+\.jpg$/, '')
      together.set(key, (together.get(key) ?? new Set()).add(sides.get(id)!))
    }
    return [...together.values()].map(({ size }) => size)
  }

  it.each([
    ['folder', 20],
    ['burst', 40],
  ] as const)('keeps a %s on one side, where it is asked to', (by, groups) => {
    const sides = drawn(bursts, { by })
    expect(sidesOf(by, sides)).toEqual(Array<number>(groups).fill(1))
    expect([count(sides, 'val'), count(sides, 'test')]).toEqual([40, 20])
    const free = drawn(bursts)
    expect(sidesOf(by, free).filter((size) => size > 1).length).toBeGreaterThan(groups / 2)
    expect([count(free, 'val'), count(free, 'test')]).toEqual([40, 20])
  })

  it('puts new pictures of a burst where the burst is, even in another class', () => {
    const old = bursts.map((item, i) => ({ ...item, split: i % 10 < 5 ? ('val' as const) : null }))
    const late = { id: 'late', classId: 'b', split: null, path: '/set/3/x-99.jpg' }
    expect(drawn([...old, late], { by: 'burst' }).get('late')).toBe('val')
  })

  it('leaves something to train, whatever is asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }), (n, hashes) => {
        const from = items(n, 'a').map((item, i) => ({ ...item, hash: `${i % hashes}` }))
        const sides = drawn(from, { val: 0.9, test: 0.9 })
        expect(count(sides, 'train')).toBeGreaterThan(0)
        expect(sides.size).toBe(n)
        if (Math.min(n, hashes) > 1) expect(count(sides, 'val')).toBeGreaterThan(0)
      }),
    )
  })
})

it('a burst is the name before its last number', () => {
  const names = ['IMG_0041.jpg', 'IMG_0042.JPG', 'cat.jpg', '2024-05-01 17 3b.png', '7.jpg']
  expect(names.map(burstOf)).toEqual(['IMG_', 'IMG_', 'cat', '2024-05-01 17 ', ''])
})
