// The hash of a picture survives what people do to copies, and turns with it in the mirror; pairs are
// found by their buckets as surely as by comparing each with each.
import { describe, expect, it } from 'vitest'
import sharp, { type Sharp } from 'sharp'
import { nearBits, nearPairs } from '../../../../../main/engine/dataset/checks/nearDuplicates'
import {
  distance,
  lookOf,
  lookSide,
  type Look,
  type PictureHash,
} from '../../../../../main/engine/pictures/perceptualHash'
import { seededRandom } from '../../../../../shared/random'

const scene = (seed: number) => {
  const random = seededRandom('scene', seed)
  const blocks = Buffer.from(Array.from({ length: 15 * 12 * 3 }, () => random.integer(256)))
  return sharp(blocks, { raw: { width: 15, height: 12, channels: 3 } }).resize(200, 160, {
    kernel: 'cubic',
  })
}
const lookAt = async (picture: Sharp) =>
  lookOf(
    await sharp(await picture.png().toBuffer())
      .resize(lookSide, lookSide, { fit: 'fill' })
      .raw()
      .toBuffer(),
  )

describe('lookOf', () => {
  it('gives the mirror image the mirrored hash', async () => {
    const [plain, flopped] = [await lookAt(scene(1)), await lookAt(scene(1).flop())]
    expect(distance(plain.mirror, flopped.whole)).toBeLessThanOrEqual(1)
    expect(distance(plain.whole, flopped.whole)).toBeGreaterThan(12)
  })

  it('knows tone and one colour', async () => {
    const plain = sharp({
      create: { width: 50, height: 50, channels: 3, background: { r: 200, g: 100, b: 50 } },
    })
    expect(await lookAt(plain)).toMatchObject({ tone: [200, 100, 50], spread: 0 })
    expect((await lookAt(scene(1))).spread).toBeGreaterThan(20)
  })
})

describe('nearPairs', () => {
  it('finds copies that were resized, recompressed, flipped or cropped, and no others', async () => {
    const looks = await Promise.all([
      ...[1, 2, 3, 4, 5, 6].map((seed) => lookAt(scene(seed))),
      lookAt(scene(1).resize(90)),
      lookAt(sharp(await scene(2).jpeg({ quality: 40 }).toBuffer())),
      lookAt(scene(3).flop()),
      lookAt(
        sharp(await scene(4).png().toBuffer()).extract({
          left: 8,
          top: 2,
          width: 186,
          height: 149,
        }),
      ),
    ])
    const pairs = await nearPairs(looks)
    expect(pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 6],
      [1, 7],
      [2, 8],
      [3, 9],
    ])
  })

  it('meets every pair within the limit, wherever the bits differ', async () => {
    const random = seededRandom('bits')
    const base: PictureHash = [0x9e3779b9, 0x7f4a7c15]
    const look = (hash: PictureHash): Look => ({
      whole: hash,
      mirror: [~hash[0] >>> 0, ~hash[1] >>> 0],
      crops: [],
      tone: [0, 0, 0],
      spread: 50,
    })
    const turned = (count: number): PictureHash => {
      const halves: [number, number] = [base[0], base[1]]
      for (const bit of random.shuffled(Array.from({ length: 64 }, (_, i) => i)).slice(0, count))
        halves[bit >> 5] = (halves[bit >> 5]! ^ (1 << (bit & 31))) >>> 0
      return halves
    }
    for (let round = 0; round < 100; round++) {
      expect(await nearPairs([look(base), look(turned(nearBits))])).toEqual([
        { a: 0, b: 1, bits: nearBits },
      ])
      expect(await nearPairs([look(base), look(turned(nearBits + 1))])).toEqual([])
    }
  })

  it('takes other colours for another picture', async () => {
    const look = await lookAt(scene(1))
    expect(await nearPairs([look, { ...look, tone: [0, 0, 0] }])).toEqual([])
  })
})
