// The window's table follows the engine's changes in place.
import { describe, expect, test } from 'vitest'
import { PictureTable } from '../../../renderer/stores/pictureTable'
import { picture } from './pictures'

const shown = (table: PictureTable) => table.rows.map(({ id, classId }) => `${id}${classId ?? ''}`)

describe('PictureTable', () => {
  test('replaces in place and adds at the end; the array stays the same one', () => {
    const table = new PictureTable()
    const { rows } = table
    expect(table.put([picture('1'), picture('2'), picture('3')])).toBe(3)
    expect(table.put([picture('4'), picture('2', { classId: 'b' })])).toBe(1)
    expect(shown(table)).toEqual(['1', '2b', '3', '4'])
    expect(table.rows).toBe(rows)
    expect(table.placeOf('4')).toBe(3)
  })

  test('later rows move up over what was removed', () => {
    const table = new PictureTable()
    table.put([picture('1'), picture('2'), picture('3')])
    table.remove(['1', 'unknown'])
    expect(shown(table)).toEqual(['2', '3'])
    expect([table.placeOf('1'), table.placeOf('3')]).toEqual([undefined, 1])
    expect(table.get('1')).toBeUndefined()
  })
})
