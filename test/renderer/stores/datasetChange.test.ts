// The window's copy follows the engine's changes, and counts what training would use.
import { describe, expect, test } from 'vitest'
import { applyChange, countPictures, noCounts } from '../../../renderer/stores/datasetChange'
import type { Picture } from '../../../shared/dataset'

const picture = (id: string, over: Partial<Picture> = {}): Picture => ({
  id,
  path: `/p/${id}.jpg`,
  name: `${id}.jpg`,
  classId: 'a',
  split: null,
  excluded: false,
  reviewed: false,
  file: 'present',
  problem: null,
  width: 10,
  height: 10,
  bytes: 100,
  modified: 1,
  ...over,
})

describe('applyChange', () => {
  test('replaces in place, adds at the end, takes away', () => {
    const before = [picture('1'), picture('2'), picture('3')]
    const after = applyChange(before, {
      pictures: [picture('4'), picture('2', { classId: 'b' })],
      removed: ['1'],
    })
    expect(after.map(({ id, classId }) => `${id}${classId}`)).toEqual(['2b', '3a', '4a'])
    expect(before.map(({ id }) => id)).toEqual(['1', '2', '3'])
  })

  test('a picture that is changed and removed in one change is gone', () => {
    expect(applyChange([picture('1')], { pictures: [picture('1')], removed: ['1'] })).toEqual([])
  })
})

describe('countPictures', () => {
  const counts = countPictures([
    picture('1', { split: 'val' }),
    picture('2', { excluded: true }),
    picture('3', { problem: 'cut short' }),
    picture('4', { classId: null }),
    picture('5', { classId: 'b' }),
  ])

  test('only labelled, readable pictures that are not left out are usable', () => {
    expect(counts.byClass.get('a')).toMatchObject({ total: 3, usable: 1, problems: 1 })
    expect(counts.byClass.get(null)).toMatchObject({ total: 1, usable: 0 })
    expect(counts.all).toMatchObject({ total: 5, usable: 2, problems: 1 })
  })

  test('splits count usable pictures; no one shares the empty counts', () => {
    expect(counts.all.bySplit).toEqual({ train: 0, val: 1, test: 0, auto: 1 })
    expect(noCounts.total).toBe(0)
  })
})
