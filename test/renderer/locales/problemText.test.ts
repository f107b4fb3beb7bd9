// Every phrase with which the engine refuses a picture is known to the window.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { i18n } from '../../../renderer/locales/i18n'
import { problemKey } from '../../../renderer/locales/problemText'

const source = (name: string) =>
  readFileSync(join(__dirname, '../../../main/engine/pictures', name), 'utf8')
const phrases = ['decode.ts', 'bmp.ts'].flatMap((name) =>
  [...source(name).matchAll(/'((?:is|may not) [^']+)'/g)].map(([, phrase]) => phrase!),
)

test('there are phrases', () => expect(phrases.length).toBeGreaterThan(8))

test.each([...new Set(phrases)].filter((phrase) => phrase !== 'is '))('%s', (phrase) => {
  const { key, details } = problemKey(phrase)!
  expect(i18n.global.t(`problem.${key}`, details)).toBe(phrase)
})

test.each([
  'is 20000 x 20000, larger than 268 megapixels',
  'is 12000 x 12000 and needs 1.2 GB to decode at once',
  'has 1.9 GB, more than 0.5 GB',
])('%s', (phrase) => {
  const { key, details } = problemKey(phrase)!
  expect(i18n.global.t(`problem.${key}`, details)).toBe(phrase)
})

test('what is not known has no key', () => expect(problemKey('is odd')).toBeNull())
