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

test('of a picture that is too large, and of what is not known', () => {
  const phrase = 'is 20000 x 20000, larger than 268 megapixels'
  const { key, details } = problemKey(phrase)!
  expect(i18n.global.t(`problem.${key}`, details)).toBe(phrase)
  expect(problemKey('is odd')).toBeNull()
})
