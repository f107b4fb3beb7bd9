// Good pictures of every sort decode to the right pixels; bad ones are reported with a plain reason.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  decodeBuffer,
  decodeSquare,
  inspectPicture,
  thumbnail,
} from '../../../../main/engine/pictures/decode'
import { reason } from '../../../../shared/reason'

const shared = join(__dirname, '../../../../../shared')
const golden = [
  'ants-10308379_1b6c72e180',
  'ants-8124241_36b290d372',
  'bees-1032546534_06907fe3b3',
  'bees-54736755_c057723f64',
]
const square = { resize: 16, crop: 16 }

let root = ''
const file = (name: string) => join(root, name)
const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 50 },
    },
  })
const plain = (background: string, size = 32) =>
  sharp({ create: { width: size, height: size, channels: 4, background } })

/** A PNG, written by hand because a library would need seconds for its pixels: black and 1-bit, or
 *  interlaced RGB of which there is only the header. */
async function hugePng(side: number, { interlaced = false } = {}) {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = interlaced ? 8 : 1
  if (interlaced) [header[9], header[12]] = [2, 1]
  const rows = deflateSync(Buffer.alloc(interlaced ? 9 : side * (1 + side / 8)))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc32(bytes: Uint8Array) {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'decode-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('inspectPicture', () => {
  it('knows the upright size of a good picture with a difficult name', async () => {
    await noise(60, 40).jpeg().withMetadata({ orientation: 6 }).toFile(file('개미 🐜 1.jpg'))
    expect(await inspectPicture(file('개미 🐜 1.jpg'))).toMatchObject({
      width: 40,
      height: 60,
      problem: null,
    })
  })

  it('finds an empty file, a text, a missing file and a drawing with a wrong name', async () => {
    await writeFile(file('empty.jpg'), '')
    await writeFile(file('text.jpg'), 'These are words, not pixels. '.repeat(50))
    await writeFile(
      file('drawing.png'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    )
    expect(await inspectPicture(file('empty.jpg'))).toMatchObject({ problem: reason('file-empty') })
    expect(await inspectPicture(file('text.jpg'))).toMatchObject({
      problem: reason('not-a-picture'),
    })
    expect(await inspectPicture(file('drawing.png'))).toMatchObject({
      problem: reason('not-a-picture'),
    })
    expect(await inspectPicture(file('gone.jpg'))).toMatchObject({ problem: reason('file-gone') })
  })

  it.each(['jpeg', 'png', 'webp', 'tiff', 'gif'] as const)(
    'finds a truncated %s',
    async (format) => {
      const bytes = await noise(300, 300).toFormat(format).toBuffer()
      for (const part of [0.3, 0.6, 0.9]) {
        const path = file(`cut-${part}.${format}`)
        await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * part)))
        expect(await inspectPicture(path), `${part}`).toMatchObject({
          problem: { code: expect.stringMatching(/cut-short|damaged|not-a-picture/) as string },
        })
      }
    },
  )

  it('refuses a picture of 400 megapixels without decoding it', async () => {
    await writeFile(file('huge.png'), await hugePng(20_000))
    const start = Date.now()
    expect(await inspectPicture(file('huge.png'))).toMatchObject({
      problem: reason('too-many-pixels', { size: '20000 x 20000', limit: 268 }),
    })
    expect(Date.now() - start).toBeLessThan(1000)
    await expect(decodeSquare(file('huge.png'), square)).rejects.toMatchObject({
      code: 'file-unreadable',
    })
  })
})

/** A grey TIFF of 64 x 64 pixels, its directory before its eight strips. */
function tiff() {
  const strips = 8
  const stripBytes = 8 * 64
  const short = 3
  const long = 4
  const entries = [
    [256, long, 1, 64], // width
    [257, long, 1, 64], // height
    [258, short, 1, 8], // bits
    [259, short, 1, 1], // uncompressed
    [262, short, 1, 1], // black is zero
    [273, long, strips, 0], // strip offsets
    [277, short, 1, 1], // samples a pixel
    [278, long, 1, 8], // rows a strip
    [279, long, strips, 0], // strip lengths
  ] as const
  const offsetsAt = 10 + entries.length * 12 + 4
  const lengthsAt = offsetsAt + 4 * strips
  const pixelsAt = lengthsAt + 4 * strips
  const bytes = Buffer.alloc(pixelsAt + strips * stripBytes, 0x80)
  bytes.write('II*\0', 'latin1')
  bytes.writeUInt32LE(8, 4)
  bytes.writeUInt16LE(entries.length, 8)
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(count, at + 4)
    bytes.writeUInt32LE(tag === 273 ? offsetsAt : tag === 279 ? lengthsAt : value, at + 8)
  })
  bytes.writeUInt32LE(0, offsetsAt - 4)
  for (let strip = 0; strip < strips; strip++) {
    bytes.writeUInt32LE(pixelsAt + strip * stripBytes, offsetsAt + 4 * strip)
    bytes.writeUInt32LE(stripBytes, lengthsAt + 4 * strip)
  }
  return bytes
}

/** The header of a lossless WebP (RFC 9649, section 3), without pixels. */
function webpHeader(side: number) {
  const bytes = Buffer.alloc(30)
  bytes.write('RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f', 'latin1')
  bytes.writeUInt32LE((side - 1) | ((side - 1) << 14), 21)
  return bytes
}

describe('pictures that would take much memory', () => {
  it.each([
    [
      'an interlaced PNG',
      () => hugePng(15_000, { interlaced: true }),
      { size: '15000 x 15000', needed: '0.7' },
    ],
    ['a WebP of 30 bytes', () => webpHeader(12_000), { size: '12000 x 12000', needed: '1.2' }],
  ])('%s is refused by its header', async (_, make, details) => {
    await writeFile(file('bomb'), await make())
    expect(await inspectPicture(file('bomb'))).toMatchObject({
      problem: reason('needs-memory', details),
    })
  })

  it('a huge file is refused before it is read', async () => {
    await writeFile(file('huge.jpg'), 'not a picture')
    await truncate(file('huge.jpg'), 1.9e9)
    expect(await inspectPicture(file('huge.jpg'))).toEqual({
      problem: reason('file-too-large', { size: '1.9', limit: '0.5' }),
      hash: null,
    })
  })
})

it('finds an incomplete TIFF whose directory is whole', async () => {
  await writeFile(file('whole.tiff'), tiff())
  expect(await inspectPicture(file('whole.tiff'))).toMatchObject({ width: 64, problem: null })
  await writeFile(file('part.tiff'), tiff().subarray(0, 3000))
  expect(await inspectPicture(file('part.tiff'))).toMatchObject({
    problem: reason('file-cut-short'),
  })
})

/** A BMP of 2 x 2 pixels (red, green / blue, white) with this header and these rows. */
function bmp(
  bits: number,
  rows: Buffer,
  { height = 2, compression = 0, masks = [] as number[] } = {},
) {
  const palette = bits <= 8 ? [0x0000ff, 0x00ff00, 0xff0000, 0xffffff] : []
  const header = Buffer.alloc(54 + (masks.length + palette.length) * 4)
  header.write('BM')
  header.writeUInt32LE(header.length, 10)
  header.writeUInt32LE(40, 14)
  header.writeInt32LE(2, 18)
  header.writeInt32LE(height, 22)
  header.writeUInt16LE(bits, 28)
  header.writeUInt32LE(compression, 30)
  masks.forEach((mask, i) => header.writeUInt32LE(mask, 54 + i * 4))
  // Stored as blue, green, red: the palette above is red, green, blue, white.
  palette.forEach((colour, i) => {
    header.writeUInt8(colour >> 16, 54 + i * 4)
    header.writeUInt8((colour >> 8) & 255, 55 + i * 4)
    header.writeUInt8(colour & 255, 56 + i * 4)
  })
  return Buffer.concat([header, rows])
}

describe('formats', () => {
  const pixels = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ].flat()
  const rows32 = Buffer.from('ff0000ffffffffff0000ffff00ff00ff', 'hex')
  it.each([
    ['24 bits', bmp(24, Buffer.from('ff0000ffffff00000000ff00ff000000', 'hex'))],
    ['32 bits', bmp(32, rows32)],
    [
      '32 bits, first row on top',
      bmp(32, Buffer.concat([rows32.subarray(8), rows32.subarray(0, 8)]), { height: -2 }),
    ],
    ['32 bits with masks', bmp(32, rows32, { compression: 3, masks: [0xff0000, 0xff00, 0xff] })],
    ['16 bits', bmp(16, Buffer.from('1f00ff7f007ce003', 'hex'))],
    [
      '16 bits, 5-6-5',
      bmp(16, Buffer.from('1f00ffff00f8e007', 'hex'), {
        compression: 3,
        masks: [0xf800, 0x7e0, 0x1f],
      }),
    ],
    ['8 bits', bmp(8, Buffer.from('0203000000010000', 'hex'))],
    ['4 bits', bmp(4, Buffer.from('2300000001000000', 'hex'))],
  ])('reads a BMP of %s', async (_, bytes) => {
    expect([...(await decodeBuffer(bytes, { resize: 2, crop: 2 }))]).toEqual(pixels)
    await writeFile(file('a.bmp'), bytes)
    expect(await inspectPicture(file('a.bmp'))).toMatchObject({
      width: 2,
      height: 2,
      problem: null,
    })
    await writeFile(file('a.bmp'), bytes.subarray(0, -1))
    expect(await inspectPicture(file('a.bmp'))).toMatchObject({ problem: reason('file-cut-short') })
  })

  it('names a compressed BMP, and is not fooled by a header alone', async () => {
    await writeFile(file('rle.bmp'), bmp(8, Buffer.alloc(8), { compression: 1 }))
    expect(await inspectPicture(file('rle.bmp'))).toMatchObject({
      problem: reason('compressed-bmp'),
    })
    await writeFile(file('huge.bmp'), bmp(24, Buffer.alloc(8), { height: 1 << 30 }))
    expect((await inspectPicture(file('huge.bmp'))).problem?.code).toBe('too-many-pixels')
  })

  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('reads %s', async (format) => {
    await plain('rgb(200, 30, 90)')
      .toFormat(format)
      .toFile(file(`x.${format}`))
    const { width, problem } = { width: 0, ...(await inspectPicture(file(`x.${format}`))) }
    expect({ width, problem }).toEqual({ width: 32, problem: null })
    const [r, g, b] = await decodeSquare(file(`x.${format}`), square)
    for (const [value, wanted] of [
      [r, 200],
      [g, 30],
      [b, 90],
    ] as const)
      expect(Math.abs(value! - wanted)).toBeLessThan(12)
  })

  it('reads 16 bits a channel as what they show', async () => {
    const deep = Buffer.alloc(32 * 32 * 6)
    for (let i = 0; i < deep.length; i += 2) deep.writeUInt16LE(0x8080, i)
    const raw = { width: 32, height: 32, channels: 3 as const, depth: 'ushort' as const }
    const png = await sharp(new Uint16Array(deep.buffer, deep.byteOffset, deep.length / 2), { raw })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect((await sharp(png).metadata()).depth).toBe('ushort')
    const [value] = await decodeBuffer(png, square)
    expect(Math.abs(value! - 0x80)).toBeLessThan(2)
  })

  it('shows the first frame of what moves', async () => {
    const frames = ['red', 'blue'].map((background) => ({
      create: { width: 32, height: 32, channels: 3 as const, background },
    }))
    const parts = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()))
    const gif = await sharp(parts, { join: { animated: true } })
      .gif()
      .toBuffer()
    expect((await sharp(gif).metadata()).pages).toBe(2)
    const [r, , b] = await decodeBuffer(gif, square)
    expect([r! > 240, b! < 15]).toEqual([true, true])
  })
})

describe('decodeSquare', () => {
  it('lays alpha on white, and spreads grey over three channels', async () => {
    await plain('rgba(255,0,0,0)').png().toFile(file('clear.png'))
    await plain('#404040').removeAlpha().greyscale().png().toFile(file('grey.png'))
    await plain('rgba(255,255,255,0)').greyscale().png().toFile(file('grey-alpha.png'))
    await plain('#404040').removeAlpha().toColourspace('rgb16').png().toFile(file('deep.png'))
    await plain('#404040').removeAlpha().toColourspace('grey16').png().toFile(file('deep-grey.png'))
    await plain('#404040').removeAlpha().png({ palette: true }).toFile(file('palette.png'))
    const first = async (name: string) => {
      const pixels = await decodeSquare(file(name), square)
      expect(pixels.length, name).toBe(16 * 16 * 3)
      return [...pixels.subarray(0, 3)]
    }
    expect(await first('clear.png')).toEqual([255, 255, 255])
    expect(await first('grey-alpha.png')).toEqual([255, 255, 255])
    for (const name of ['grey.png', 'deep.png', 'deep-grey.png', 'palette.png'])
      expect(await first(name), name).toEqual([64, 64, 64])
  })

  it('takes CMYK for what it shows', async () => {
    await plain('#ff0000')
      .removeAlpha()
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toFile(file('cmyk.jpg'))
    const [r, g, b] = await decodeSquare(file('cmyk.jpg'), square)
    expect(r).toBeGreaterThan(200)
    expect(g).toBeLessThan(80)
    expect(b).toBeLessThan(80)
  })

  it('turns the picture upright before cutting', async () => {
    const left = await sharp({ create: { width: 20, height: 40, channels: 3, background: '#f00' } })
      .png()
      .toBuffer()
    const picture = sharp({
      create: { width: 40, height: 40, channels: 3, background: '#00f' },
    }).composite([{ input: left, left: 0, top: 0 }])
    // Orientation 6: what is stored at the left is seen at the top.
    const bytes = await picture
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const pixels = await decodeBuffer(bytes, square)
    const at = (x: number, y: number) => [
      ...pixels.subarray((y * 16 + x) * 3, (y * 16 + x) * 3 + 3),
    ]
    expect(at(13, 2)[0]).toBeGreaterThan(240)
    expect(at(2, 13)[2]).toBeGreaterThan(240)
  })

  it('cuts a crop larger than needed only where there is picture', async () => {
    await noise(7, 300).png().toFile(file('narrow.png'))
    expect((await decodeSquare(file('narrow.png'), { resize: 256, crop: 224 })).length).toBe(
      224 * 224 * 3,
    )
  })

  it('throws failures, never errors of the library', async () => {
    await expect(decodeSquare(file('nothing.jpg'), square)).rejects.toMatchObject({
      code: 'file-missing',
    })
    await expect(decodeBuffer(new Uint8Array(0), square)).rejects.toMatchObject({
      code: 'file-unreadable',
      details: { reason: reason('file-empty') },
    })
    await expect(decodeBuffer(Buffer.from('no picture'), square)).rejects.toMatchObject({
      code: 'file-unreadable',
    })
    await expect(thumbnail(file('text.jpg'), 64)).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it.skipIf(!existsSync(join(shared, 'golden/photos')))(
    'comes near to what PIL resized',
    async () => {
      for (const name of golden) {
        const [kind, stem] = [name.slice(0, 4), name.slice(5)]
        const wanted = await sharp(join(shared, `golden/photos/val-${name}.png`))
          .removeAlpha()
          .raw()
          .toBuffer()
        const got = await decodeSquare(join(shared, `data/ants-bees/val/${kind}/${stem}.jpg`), {
          resize: 256,
          crop: 224,
        })
        const mean =
          wanted.reduce((sum, value, i) => sum + Math.abs(value - got[i]!), 0) / wanted.length
        expect(mean, name).toBeLessThan(0.5)
      }
    },
  )
})

describe('thumbnail', () => {
  it('fits into the size and never grows', async () => {
    await noise(300, 100).png().toFile(file('wide.png'))
    const before = await readFile(file('wide.png'))
    const { width, height, format } = await sharp(await thumbnail(file('wide.png'), 96)).metadata()
    expect([width, height, format]).toEqual([96, 32, 'webp'])
    const same = await sharp(await thumbnail(file('wide.png'), 1000)).metadata()
    expect(same.width).toBe(300)
    expect(await readFile(file('wide.png'))).toEqual(before)
  })
})
