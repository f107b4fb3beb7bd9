// Findings of one kind become one line; its repair keeps one picture of each set of duplicates.
import { expect, test } from 'vitest'
import { groupFindings, stillToDo } from '../../../renderer/stores/health'
import { picture } from './pictures'

test('duplicates are grouped, counted once, and all but the first of each set are extra', () => {
  const [line, ...rest] = groupFindings([
    {
      kind: 'exact-duplicate',
      pictures: ['1', '2', '3'],
      detail: 'x',
      facts: {},
      repairs: [{ type: 'exclude', pictures: ['2', '3'] }],
    },
    {
      kind: 'exact-duplicate',
      pictures: ['4', '5'],
      detail: 'y',
      facts: {},
      repairs: [{ type: 'exclude', pictures: ['5'] }],
    },
  ])
  expect(rest).toEqual([])
  expect(line).toMatchObject({
    count: 5,
    repairs: [
      {
        type: 'exclude',
        groups: [
          { pictures: ['2', '3'], to: { excluded: true } },
          { pictures: ['5'], to: { excluded: true } },
        ],
      },
    ],
  })
})

test('small classes count classes, not their pictures', () => {
  const [line] = groupFindings([
    {
      kind: 'tiny-class',
      pictures: ['1', '2'],
      detail: 'Fly has 2.',
      facts: { name: 'Fly', count: 2 },
      repairs: [],
    },
  ])
  expect(line).toMatchObject({ count: 1, repairs: [], pictures: ['1', '2'] })
})

test('a repair that was made is no longer offered', () => {
  const groups = [
    { pictures: ['1', '2'], to: { classId: 'b' } },
    { pictures: ['3'], to: { excluded: true } },
    { pictures: ['1', '4'], to: { reviewed: true } },
  ]
  const now = [
    picture('1', { classId: 'b' }),
    picture('2'),
    picture('3', { excluded: true }),
    picture('4', { reviewed: true }),
  ]
  const pictureOf = (id: string) => now.find((each) => each.id === id)
  expect(stillToDo(groups, pictureOf)).toEqual([
    { pictures: ['2'], to: { classId: 'b' } },
    { pictures: ['1'], to: { reviewed: true } },
  ])
})
