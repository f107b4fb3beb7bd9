// Findings of one kind become one line; its repair keeps one picture of each set of duplicates.
import { expect, test } from 'vitest'
import { groupFindings } from '../../../renderer/stores/health'

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
  expect(line).toMatchObject({ count: 5, extras: ['2', '3', '5'], details: ['x', 'y'] })
})

test('small classes count classes, and nothing of them is to be left out', () => {
  const [line] = groupFindings([
    {
      kind: 'tiny-class',
      pictures: ['1', '2'],
      detail: 'Fly has 2.',
      facts: { name: 'Fly', count: 2 },
      repairs: [],
    },
  ])
  expect(line).toMatchObject({ count: 1, extras: [], pictures: ['1', '2'] })
})
