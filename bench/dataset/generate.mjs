// Makes the pictures that measure.mjs measures with: JPEG, 32 to 4000 pixels, mostly small, no two
// files equal, in 60 folders. A few hundred pictures are drawn; the others are the same
// pixels with a comment of their own, which is enough for a scan, a hash and a decoder. Everything
// goes below the folder given, which must not exist yet.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const folders = 60
/** Longest side in pixels and how many of a thousand pictures have it. */
const sizes = [
  { side: 32, share: 200 },
  { side: 64, share: 250 },
  { side: 128, share: 250 },
  { side: 256, share: 180 },
  { side: 512, share: 80 },
  { side: 1024, share: 30 },
  { side: 2048, share: 7 },
  { side: 4000, share: 3 },
]

/** @param {number} seed a number generator: 0 to 1 (mulberry32) */
function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** @param {number} side @param {() => number} random a picture of soft blotches, as bytes of a file */
async function draw(side, random) {
  const cells = 12
  const raw = Buffer.from(
    Array.from({ length: cells * cells * 3 }, () => Math.floor(random() * 256)),
  )
  const height = Math.max(24, Math.round(side * (0.6 + 0.4 * random())))
  const picture = sharp(raw, { raw: { width: cells, height: cells, channels: 3 } }).resize(
    side,
    height,
    { kernel: 'cubic', fit: 'fill' },
  )
  return picture.jpeg({ quality: 85 }).toBuffer()
}

/** @param {Buffer} jpeg @param {string} text the same picture with a comment after its first marker */
function withComment(jpeg, text) {
  const comment = Buffer.from(text)
  const head = Buffer.from([0xff, 0xfe, 0, 0])
  head.writeUInt16BE(comment.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, comment, jpeg.subarray(2)])
}

/**
 * @param {string} folder
 * @param {{ count?: number, seed?: number }} [options]
 * @returns {Promise<{ files: number, bytes: number }>}
 */
export async function generate(folder, { count = 60_000, seed = 1 } = {}) {
  const random = seeded(seed)
  const drawn = []
  for (const { side, share } of sizes)
    for (let i = 0; i < (side > 1000 ? 4 : 30); i++)
      drawn.push({ share, jpeg: await draw(side, random) })
  const bySize = sizes.map(({ share }) => drawn.filter((each) => each.share === share))
  const bytes = { total: 0 }
  mkdirSync(folder)
  for (let at = 0; at < folders; at++) mkdirSync(join(folder, `class ${at}`))
  for (let i = 0; i < count; i++) {
    let place = Math.floor(random() * 1000)
    const kind = sizes.findIndex(({ share }) => (place -= share) < 0)
    const choices = bySize[kind] ?? drawn
    const choice = choices[Math.floor(random() * choices.length)]
    if (!choice) continue
    const file = withComment(choice.jpeg, `picture ${i}`)
    bytes.total += file.length
    writeFileSync(
      join(folder, `class ${i % folders}`, `IMG_${String(i).padStart(5, '0')}.jpg`),
      file,
    )
  }
  return { files: count, bytes: bytes.total }
}
