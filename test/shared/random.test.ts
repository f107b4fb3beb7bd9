// The generator: the same on every computer, spread evenly, and never out of its bounds.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fnv1a32, mulberry32, seededRandom } from '../../shared/random'

it('FNV-1a has its published values', () => {
  expect(fnv1a32('')).toBe(0x811c9dc5)
  expect(fnv1a32('a')).toBe(0xe40c292c)
  expect(fnv1a32('foobar')).toBe(0xbf9cf968)
})

it('FNV-1a hashes the UTF-8 bytes of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      let hash = 0x811c9dc5
      for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
      expect(fnv1a32(text)).toBe(hash >>> 0)
    }),
  )
})

it('mulberry32 counts: position i is what i draws give', () => {
  let state = 12345
  for (let i = 1; i <= 20; i++) {
    state = (state + 0x6d2b79f5) | 0
    expect(mulberry32(12345, i)).toBe(mulberry32(state, 0))
  }
})

it('the same seed repeats, another does not', () => {
  const draw = (...seed: (number | string)[]) => {
    const random = seededRandom(...seed)
    return Array.from({ length: 5 }, () => random.next())
  }
  expect(draw('a', 1)).toEqual(draw('a', 1))
  expect(draw('a', 1)).not.toEqual(draw('a', 2))
})

it('draws are even, integers in bounds, normals normal', () => {
  const random = seededRandom('spread')
  const count = 20_000
  const buckets = new Array<number>(10).fill(0)
  for (let i = 0; i < count; i++) buckets[random.integer(10)]!++
  for (const bucket of buckets) expect(Math.abs(bucket - count / 10)).toBeLessThan(200)
  const normals = Array.from({ length: count }, () => random.normal())
  const mean = normals.reduce((a, b) => a + b, 0) / count
  expect(Math.abs(mean)).toBeLessThan(0.03)
  expect(normals.reduce((sum, value) => sum + value * value, 0) / count).toBeCloseTo(1, 1)
})

it('a shuffle keeps everything and leaves its list alone', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (list, seed) => {
      const copy = [...list]
      const shuffled = seededRandom(seed).shuffled(list)
      expect(list).toEqual(copy)
      expect([...shuffled].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b))
    }),
  )
})
