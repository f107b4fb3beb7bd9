// Durations as a person reads them: as exact as it helps, and never sixty of anything.
import { expect, test } from 'vitest'
import { formatForetold, formatInterval, formatSeconds } from '../../../renderer/locales/format'

test.each([
  [4.12, '4.1 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [110, '1 min 50 s'],
  [599, '9 min 59 s'],
  [2261, '38 min'],
  [3569, '59 min'],
  [3571, '1 h'],
  [7499, '2 h 5 min'],
  [7199, '2 h'],
])('%s seconds are %s', (seconds, words) => {
  expect(formatSeconds(seconds)).toBe(words)
})

test('in Korean units', () => {
  expect(formatSeconds(7500, 'ko')).toBe('2시간 5분')
})

test('an accuracy with its interval, even or not', () => {
  const of = (accuracy: number, low: number, high: number) =>
    formatInterval({ accuracy, low, high }, 'to')
  expect(of(0.91, 0.88, 0.94)).toBe('91 % ± 3')
  expect(of(0.913, 0.907, 0.919)).toBe('91.3 % ± 0.6')
  expect(of(1, 0.72, 1)).toBe('100 % (72 to 100)')
})

test.each([
  [0.3, '1 s'],
  [2.6, '3 s'],
  [158.4, '2 min 38 s'],
])('a run of %d s is foretold as %s', (seconds, words) => {
  expect(formatForetold(seconds)).toBe(words)
})
