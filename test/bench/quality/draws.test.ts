// Which photos are held back: copies stay on one side, every split is another one, sizes are nested.
import { describe, expect, it } from 'vitest'
import {
  drawSplit,
  groupsOf,
  mostHeld,
  sizesThatDiffer,
  taughtOf,
  type DrawnPhoto,
} from '../../../bench/quality/draws'

const set = (classes: number, each: number): DrawnPhoto[] =>
  Array.from({ length: classes * each }, (_, i) => ({ label: i % classes, group: i }))
const sorted = (rows: readonly number[]) => [...rows].sort((a, b) => a - b)

describe('a split', () => {
  it('holds back three tenths of every class, and every photo is on one side', () => {
    const photos = set(4, 50)
    const { held, pool } = drawSplit(photos, 1)
    for (let label = 0; label < 4; label++)
      expect(held.filter((i) => photos[i]!.label === label)).toHaveLength(15)
    expect(sorted([...held, ...pool.flat()])).toEqual(photos.map((_, i) => i))
    expect(pool.map((own) => own.every((i) => photos[i]!.label === pool.indexOf(own)))).toEqual(
      pool.map(() => true),
    )
  })

  it('is another one for another number, and the same for the same', () => {
    const photos = set(2, 100)
    expect(drawSplit(photos, 1)).toEqual(drawSplit(photos, 1))
    expect(sorted(drawSplit(photos, 1).held)).not.toEqual(sorted(drawSplit(photos, 2).held))
  })

  it('keeps copies on one side, those with a wrong label too', () => {
    const photos = set(2, 60).map(({ label }, i) => ({ label, group: Math.floor(i / 3) }))
    for (let split = 1; split <= 16; split++) {
      const held = new Set(drawSplit(photos, split).held.map((i) => photos[i]!.group))
      const taught = drawSplit(photos, split).pool.flat()
      expect(taught.filter((i) => held.has(photos[i]!.group))).toEqual([])
      expect(held.size).toBeGreaterThan(10)
    }
  })

  it('leaves something to learn of a class of one group, and of one photo', () => {
    const photos = [
      ...set(1, 20),
      ...Array.from({ length: 9 }, () => ({ label: 1, group: 100 })),
      { label: 2, group: 101 },
    ]
    const { pool } = drawSplit(photos, 1)
    expect(pool[1]).toHaveLength(9)
    expect(pool[2]).toHaveLength(1)
  })

  it('does not judge by more photos than tell something', () => {
    expect(drawSplit(set(2, 5000), 1).held).toHaveLength(mostHeld)
  })
})

describe('sizes', () => {
  const draw = drawSplit(set(3, 40), 1)

  it('are nested', () => {
    const [ten, twenty, all] = ([10, 20, 'all'] as const).map((size) => taughtOf(draw, size))
    expect(ten).toHaveLength(30)
    expect(twenty).toEqual(expect.arrayContaining(ten!))
    expect(all).toEqual(expect.arrayContaining(twenty!))
    expect(all).toHaveLength(84)
  })

  it('are left out where they are all photos', () => {
    expect(sizesThatDiffer(draw, [10, 28, 50, 'all'])).toEqual([10, 'all'])
  })
})

it('photos that show the same through others are one group', () => {
  const groups = groupsOf(5, [
    [0, 3],
    [3, 4],
  ])
  expect(new Set([groups[0], groups[3], groups[4]]).size).toBe(1)
  expect(new Set(groups).size).toBe(3)
})
