// Copies are one group; photos that merely look alike in a chain are not.
import { expect, it } from 'vitest'
import { copyGroups } from '../../../../../main/engine/dataset/checks/copies'
import { mulberry32 } from '../../../../../shared/random'
import type { PictureHash } from '../../../../../main/engine/pictures/perceptualHash'

const looking = (hash: string, whole: PictureHash) => ({
  hash,
  look: {
    whole,
    mirror: [~whole[0] >>> 0, 0x5a5a5a5a] as const,
    crops: [],
    tone: [9, 9, 9] as const,
    spread: 50,
  },
})
const random = (i: number): PictureHash => [mulberry32(1, 2 * i), mulberry32(1, 2 * i + 1)]
const others = Array.from({ length: 40 }, (_, i) => looking(`o${i}`, random(i)))

it('names copies by the least of their hashes, and lone photos not at all', async () => {
  const [high, low] = random(3)
  const copy = looking('a', [high ^ 1, low])
  const groups = await copyGroups([...others, copy])
  expect([...groups]).toEqual([
    ['a', 'a'],
    ['o3', 'a'],
  ])
})

it('a chain of photos that look alike is cut, so that no class becomes one group', async () => {
  // Each differs from the next by six bits: near, but not surely.
  const chain = Array.from({ length: 60 }, (_, i) => {
    const bits = Array.from({ length: 6 }, (_, b) => 1 << ((i * 6 + b) % 32))
    return bits.reduce((sum, bit) => sum ^ bit, 0)
  })
  let high = 0
  const photos = chain.map((bits, i) => looking(`c${i}`, [(high = (high ^ bits) >>> 0), i]))
  const groups = await copyGroups(photos)
  const sizes = new Map<string, number>()
  for (const name of groups.values()) sizes.set(name, (sizes.get(name) ?? 0) + 1)
  expect(Math.max(...sizes.values())).toBeLessThanOrEqual(10)
})
