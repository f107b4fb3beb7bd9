// Every text that the interface asks for by a plain key is there: vue-i18n would show the key itself.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { i18n } from '../../../renderer/locales/i18n'

const root = join(import.meta.dirname, '../../../renderer')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('locales'))
  .sort()

const known = (key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>(
      (words, part) => (words as Record<string, unknown> | undefined)?.[part],
      i18n.global.messages.value.en,
    )

test('sources were found', () => expect(sources.length).toBeGreaterThan(100))

test.each(sources)('%s asks for texts that there are', (name) => {
  const text = readFileSync(join(root, name), 'utf8')
  const whole = [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => key!)
  const groups = [...text.matchAll(/\bt\(\s*`([\w.]+)\.\$\{/g)].map(([, key]) => key!)
  expect(whole.filter((key) => typeof known(key) !== 'string')).toEqual([])
  expect(groups.filter((key) => typeof known(key) !== 'object')).toEqual([])
})
