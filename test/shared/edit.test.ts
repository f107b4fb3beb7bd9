// What the window asks for becomes the edit that the engine makes.
import { expect, test } from 'vitest'
import { Edit, type PackedEdit } from '../../shared/edit'

test('ids cross packed and arrive one by one', () => {
  const asked: PackedEdit = { type: 'set', groups: [{ ids: 'a/b', to: { excluded: true } }] }
  expect(Edit.parse(asked)).toEqual({
    type: 'set',
    groups: [{ pictures: ['a', 'b'], to: { excluded: true } }],
  })
  expect(Edit.parse({ type: 'forget', pictures: '' })).toEqual({ type: 'forget', pictures: [] })
})

test('spaces round a name are no part of it', () => {
  expect(Edit.parse({ type: 'addClass', id: 'c1', name: ' Ants ' })).toMatchObject({ name: 'Ants' })
})

test('kinds and ids that do not exist are refused', () => {
  expect(Edit.safeParse({ type: 'paint', ids: [] }).success).toBe(false)
  expect(Edit.safeParse({ type: 'orderClasses', ids: ['../a'] }).success).toBe(false)
  expect(Edit.safeParse({ type: 'forget', pictures: 'a b' }).success).toBe(false)
})
