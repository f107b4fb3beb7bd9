// Order and filter as arithmetic on places.
import { describe, expect, test } from 'vitest'
import {
  asAdded,
  byName,
  everything,
  filterOf,
  through,
  indexByPlace,
  rankedFirst,
} from '../../../renderer/stores/gridOrder'
import { picture } from './pictures'
import { reason } from '../../../shared/reason'

describe('order', () => {
  test('names sort as people count: 2 before 10, equal names as added', () => {
    const rows = ['10', '2', 'b', '2'].map((name, at) => picture(String(at), { name }))
    expect([...byName(rows)]).toEqual([1, 3, 0, 2])
  })

  test('ranked pictures come first, unknown and repeated ones are passed over', () => {
    const places = new Map([
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 3],
    ])
    const order = rankedFirst(['c', 'x', 'a', 'c'], 4, (id) => places.get(id))
    expect([...order]).toEqual([2, 0, 1, 3])
  })

  test('an index is known for what is shown only', () => {
    expect([...indexByPlace(Int32Array.of(2, 0), 3)]).toEqual([1, -1, 0])
    expect([...asAdded(3)]).toEqual([0, 1, 2])
  })
})

describe('filter', () => {
  const rows = [
    picture('1', { classId: 'a', reviewed: true }),
    picture('2', { classId: 'b', split: 'val', excluded: true }),
    picture('3', { problem: reason('file-empty'), file: 'missing' }),
    picture('4', { name: 'Bergen.jpg' }),
  ]
  const names = (filter: Partial<typeof everything>) => {
    const lets = filterOf({ ...everything, ...filter }, (id) => (id === 'b' ? 'Bee' : 'Ant'))
    return lets
      ? Array.from(through(lets, asAdded(rows.length), rows), (place) => rows[place]!.id)
      : null
  }

  test.each([
    [{}, null],
    [{ text: ' ' }, null],
    [{ show: 'unlabelled' as const }, ['3', '4']],
    [{ show: 'problems' as const }, ['3']],
    [{ show: 'missing' as const }, ['3']],
    [{ show: 'excluded' as const }, ['2']],
    [{ show: 'unreviewed' as const }, ['2', '3', '4']],
    [{ classIds: ['a', 'b'] }, ['1', '2']],
    [{ split: 'val' as const }, ['2']],
    [{ among: { ids: new Set(['4', '1']), title: '' } }, ['1', '4']],
    [{ text: 'be' }, ['2', '4']],
    [{ text: 'be', show: 'unlabelled' as const }, ['4']],
  ])('%j', (filter, expected) => {
    expect(names(filter)).toEqual(expected)
  })
})
