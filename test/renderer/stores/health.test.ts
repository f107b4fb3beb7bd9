// Findings of one kind become one line; its repair keeps one picture of each set of duplicates.
import { expect, test } from 'vitest'
import { groupFindings } from '../../../renderer/stores/health'

test('duplicates are grouped, counted once, and all but the first of each set are extra', () => {
  const [line, ...rest] = groupFindings([
    { kind: 'exact-duplicate', pictures: ['1', '2', '3'], detail: 'x' },
    { kind: 'exact-duplicate', pictures: ['4', '5'], detail: 'y' },
  ])
  expect(rest).toEqual([])
  expect(line).toMatchObject({ count: 5, extras: ['2', '3', '5'], details: ['x', 'y'] })
})

test('small classes count classes, and nothing of them is to be left out', () => {
  const [line] = groupFindings([{ kind: 'tiny-class', pictures: ['1', '2'], detail: 'Fly has 2.' }])
  expect(line).toMatchObject({ count: 1, extras: [], pictures: ['1', '2'] })
})
