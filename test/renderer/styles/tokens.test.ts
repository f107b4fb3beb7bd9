// Font sizes and z-order come from tokens.css alone, and every token that a style names exists there:
// CSS would silently fall back for a misspelt one.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../renderer')
const tokens = readFileSync(join(root, 'styles/tokens.css'), 'utf8')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|css)$/.test(name) && !name.endsWith('tokens.css'))
  .sort()

/** Declarations that set a font size or a z-index to a literal value. */
const loose = (css: string) =>
  css.match(/(?:font(?:-size)?:[^;{}]*?\d(?:px|rem|em)|z-index:\s*-?\d)/g) ?? []
/** Names of the type, spacing and z-order tokens that a style uses. */
const used = (css: string) =>
  [...css.matchAll(/var\((--(?:text|space|z)-[\w-]+)\)/g)].map(([, name]) => name!)

test('loose values are seen', () => {
  expect(loose('font-size: 12px; font: 500 11px/1 var(--font); z-index: 5')).toHaveLength(3)
  expect(loose('font-size: var(--text-small); z-index: var(--z-menu)')).toEqual([])
})

test.each(sources)('%s takes type, spacing and z-order from tokens', (name) => {
  const text = readFileSync(join(root, name), 'utf8')
  expect(loose(text)).toEqual([])
  expect(used(text).filter((token) => !tokens.includes(`${token}:`))).toEqual([])
})
