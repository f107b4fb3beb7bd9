// What each way to train was worth, as bars on one axis and as a sentence's parts.
import { expect, test } from 'vitest'
import { candidateRows, verdictOf } from '../../../../renderer/train/runs/candidates'
import type { Candidate } from '../../../../shared/figure'

const head: Candidate = {
  name: 'head',
  trains: [],
  photos: 80,
  accuracy: 0.9,
  gain: null,
  gainError: null,
  kept: true,
}
const tuned: Candidate = {
  ...head,
  name: 'tuned',
  trains: ['layer3'],
  accuracy: 0.88,
  gain: -0.02,
  gainError: 0.02,
  kept: false,
}
const blended: Candidate = { ...tuned, name: 'blended', accuracy: 0.94, gain: 0.04, kept: true }

test('where nothing won, the head alone is kept and what was tried is named', () => {
  expect(verdictOf([head, tuned])).toEqual({ kept: 'head', trains: ['layer3'], gain: 0 })
})

test('what won is kept with what it gained over the head', () => {
  const verdict = verdictOf([head, tuned, blended])
  expect(verdict).toMatchObject({ kept: 'blended', trains: ['layer3'] })
  expect(verdict?.gain).toBeCloseTo(0.04)
})

test('one candidate alone was compared with nothing', () => {
  expect(verdictOf([head])).toBe(null)
  expect(verdictOf([])).toBe(null)
})

test('bars share one axis, with zero in its middle; the last one kept is final', () => {
  const rows = candidateRows([head, tuned, blended])
  expect(rows.map(({ final }) => final)).toEqual([false, false, true])
  expect(rows[0]!.bar).toBe(null)
  expect(rows[1]!.bar).toMatchObject({ zero: 50, high: 50 })
  expect(rows[2]!.bar!.high).toBeCloseTo(96)
  expect(rows[1]!.bar!.low).toBeGreaterThanOrEqual(0)
})
