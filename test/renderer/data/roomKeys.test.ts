// @vitest-environment happy-dom
// The keys of the Data room: what each asks of the engine, and where keys belong to something else.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { useRoomKeys } from '../../../renderer/data/roomKeys'
import { useDataset } from '../../../renderer/stores/dataset'
import { useRoom } from '../../../renderer/stores/room'
import { useSelection } from '../../../renderer/stores/selection'
import { packPictures } from '../../../shared/pictureColumns'
import { unpackGroups } from '../../../shared/pictureSettings'
import { fakeRestage, type FakeRestage } from '../fakeRestage'
import { picture, snapshotOf } from '../stores/pictures'
import { press, useIn } from '../useIn'

const pictures = [picture('1'), picture('2', { classId: 'a', excluded: true }), picture('3')]
const doors = { find: vi.fn(), help: vi.fn(), type: vi.fn() }
let engine: FakeRestage

/** What the last edit set, and of which pictures. */
const lastEdit = () => {
  const edit = engine.asksOf('dataset.edit').at(-1) as { groups: never } | undefined
  return edit && unpackGroups(edit.groups)
}

beforeEach(async () => {
  localStorage.clear()
  vi.clearAllMocks()
  engine = fakeRestage({
    'dataset.snapshot': snapshotOf(pictures),
    'dataset.pictures': { revision: 1, from: 0, total: 3, pictures: packPictures(pictures) },
  })
  await useDataset().load()
  useRoom().go('data')
  useIn(() => useRoomKeys(doors))
})

describe('with a selection', () => {
  beforeEach(() => useSelection().only(['1', '2']))

  test('a digit gives the class with that number, 0 takes the label off', () => {
    expect(press({ key: '2' })).toBe(true)
    expect(lastEdit()).toEqual([{ pictures: ['1', '2'], to: { classId: 'b' } }])
    press({ key: '0' })
    expect(lastEdit()).toEqual([{ pictures: ['1', '2'], to: { classId: null } }])
  })

  test('a digit beyond the classes changes nothing', () => {
    press({ key: '9' })
    expect(engine.asksOf('dataset.edit')).toEqual([])
  })

  test('Delete leaves out while any is in, and takes back once all are out', () => {
    press({ key: 'Delete' })
    expect(lastEdit()).toEqual([{ pictures: ['1', '2'], to: { excluded: true } }])
    useSelection().only(['2'])
    press({ key: 'Delete' })
    expect(lastEdit()).toEqual([{ pictures: ['2'], to: { excluded: false } }])
  })
})

test('letters of any script go to the field that finds a class', () => {
  for (const key of ['a', 'Z', 'ㄱ', 'é']) press({ key })
  expect(doors.type).toHaveBeenCalledTimes(4)
  press({ key: '/' })
  press({ key: '?' })
  expect(doors.find).toHaveBeenCalledOnce()
  expect(doors.help).toHaveBeenCalledOnce()
})

test('keys are left alone in another room, in a field, with Ctrl and when someone took them', () => {
  useSelection().only(['1'])
  const field = document.body.appendChild(document.createElement('input'))
  expect(press({ key: '1' }, field)).toBe(false)
  field.remove()
  expect(press({ key: '1', ctrlKey: true })).toBe(false)
  useRoom().go('train')
  expect(press({ key: '1' })).toBe(false)
  expect(engine.asksOf('dataset.edit')).toEqual([])
})
