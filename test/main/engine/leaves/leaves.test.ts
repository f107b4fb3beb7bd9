// The sample: the same pictures from the same seed, and a kind that colour alone does not tell.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { scan } from '../../../../main/engine/dataset/intake/scan'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'leaves-'))
  await drawLeaves(join(root, 'one'), { seed: 5, perClass: 20, size: 96 })
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('drawLeaves', () => {
  it('draws three classes of square pictures', async () => {
    const { pictures } = await scan([join(root, 'one')])
    expect(pictures.length).toBe(60)
    expect(new Set(pictures.map(({ className }) => className))).toEqual(
      new Set(['Birch', 'Maple', 'Willow']),
    )
    const { width, height, format } = await sharp(pictures[0]!.path).metadata()
    expect([width, height, format]).toEqual([96, 96, 'jpeg'])
  })

  it('draws the same from the same seed only', async () => {
    await drawLeaves(join(root, 'two'), { seed: 5, perClass: 2, size: 96 })
    await drawLeaves(join(root, 'three'), { seed: 6, perClass: 2, size: 96 })
    const bytes = (folder: string) => readFile(join(root, folder, 'Maple', 'leaf-002.jpg'))
    expect((await bytes('two')).equals(await bytes('one'))).toBe(true)
    expect((await bytes('three')).equals(await bytes('one'))).toBe(false)
  })

  it('does not give the kind away by the mean colour', async () => {
    const { pictures } = await scan([join(root, 'one')])
    const points = await Promise.all(
      pictures.map(async ({ path, className }) => ({
        className,
        colour: (await sharp(path).stats()).channels.map((channel) => channel.mean),
      })),
    )
    const right = points.filter((point) => {
      const others = points.filter((other) => other !== point)
      const gap = (other: (typeof points)[number]) =>
        Math.hypot(...other.colour.map((value, i) => value - point.colour[i]!))
      return (
        others.reduce((best, other) => (gap(other) < gap(best) ? other : best)).className ===
        point.className
      )
    })
    expect(right.length / points.length).toBeLessThan(0.6)
  })
})
