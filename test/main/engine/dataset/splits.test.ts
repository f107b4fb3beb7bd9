// The drawn validation part is stratified, seeded, and does not depend on order.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignSplits, type SplitItem } from '../../../../main/engine/dataset/splits'

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
})
