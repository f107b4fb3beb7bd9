// @vitest-environment happy-dom
// Keys that work in every room, and that stay a text field's own inside one.
import { beforeEach, expect, test } from 'vitest'
import { useWindowKeys } from '../../../renderer/shell/windowKeys'
import { useRoom } from '../../../renderer/stores/room'
import { fakeRestage, type FakeRestage } from '../fakeRestage'
import { press, useIn } from '../useIn'

let engine: FakeRestage
beforeEach(() => {
  engine = fakeRestage()
  useIn(useWindowKeys)
})

test('Ctrl and a digit opens that room; further digits do nothing', () => {
  press({ key: '4', ctrlKey: true })
  expect(useRoom().current).toBe('evaluate')
  expect(press({ key: '6', ctrlKey: true })).toBe(false)
  expect(press({ key: '1' })).toBe(false)
  expect(useRoom().current).toBe('evaluate')
})

test('undo and redo, also with Cmd and capital letters, but not inside a field', () => {
  const edits = () => engine.asksOf('dataset.edit').map((edit) => (edit as { type: string }).type)
  press({ key: 'z', ctrlKey: true })
  press({ key: 'Z', metaKey: true, shiftKey: true })
  press({ key: 'y', ctrlKey: true })
  expect(edits()).toEqual(['undo', 'redo', 'redo'])
  const field = document.body.appendChild(document.createElement('textarea'))
  expect(press({ key: 'z', ctrlKey: true }, field)).toBe(false)
  field.remove()
  expect(edits()).toHaveLength(3)
})
