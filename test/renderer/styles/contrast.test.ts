// The tokens as WCAG counts contrast: text at least 4.5 to 1 on every ground it stands on, marks and
// dots at least 3 to 1, in light and in dark.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../../../renderer/styles/tokens.css'), 'utf8')
const [lightCss, darkCss] = css.split('@media (prefers-color-scheme: dark)')
const tokensOf = (text: string) =>
  Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, a, b]) => [a, b]))
const light = tokensOf(lightCss!)
const themes = { light, dark: { ...light, ...tokensOf(darkCss!) } }

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
function contrast(a: string, b: string): number {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (bright! + 0.05) / (dark! + 0.05)
}

describe.each(Object.entries(themes))('%s', (_theme, token) => {
  const grounds = ['bg', 'panel', 'sunk'] as const
  const pairs: [string, string, number][] = [
    ...['ink', 'ink2', 'ink3'].flatMap((ink) =>
      grounds.map((ground): [string, string, number] => [ink, ground, 4.5]),
    ),
    ...['ice-ink', 'ember-ink', 'bad', 'ok'].map((ink): [string, string, number] => [
      ink,
      'panel',
      4.5,
    ]),
    ['ink', 'ice-soft', 4.5],
    ['ink2', 'ice-soft', 4.5],
    ['ink', 'ember-soft', 4.5],
    ['ember-ink', 'ember-soft', 4.5],
    ['on-ember', 'primary', 4.5],
    ['on-ember', 'primary-hover', 4.5],
    ...['ice', 'ember', 'warn', 'validation'].map((mark): [string, string, number] => [
      mark,
      'panel',
      3,
    ]),
    ...Array.from({ length: 12 }, (_, at): [string, string, number] => [`class-${at}`, 'panel', 3]),
  ]
  test.each(pairs)('%s on %s is at least %d', (a, b, least) => {
    expect(contrast(token[a]!, token[b]!)).toBeGreaterThanOrEqual(least)
  })
})
