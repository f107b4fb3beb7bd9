// Texts of earlier versions become reasons that say the same.
import { expect, test } from 'vitest'
import { problemOf } from '../../../../../main/engine/dataset/labels/problemPhrases'
import { describeReason, reason } from '../../../../../shared/reason'

test.each([
  ['is cut short', 'the file is cut short'],
  ['may not be read (permission denied)', 'permission denied'],
  [
    'is 20000 x 20000, larger than 268 megapixels',
    'it is 20000 x 20000, larger than 268 megapixels',
  ],
  [
    'is 12000 x 12000 and needs 1.2 GB to decode at once',
    'it is 12000 x 12000 and needs 1.2 GB to decode at once',
  ],
  ['has 1.9 GB, more than 0.5 GB', 'it has 1.9 GB, more than 0.5 GB'],
  ['is odd', 'is odd'],
])('%s', (phrase, words) => expect(describeReason(problemOf(phrase))).toBe(words))

test('a reason stays as it is', () =>
  expect(problemOf(reason('file-empty'))).toEqual(reason('file-empty')))
