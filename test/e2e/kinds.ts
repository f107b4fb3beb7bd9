// One real photo as every kind of file that the data room takes; HEIC, which nothing here writes, is a
// drawing of ours.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'

/** 24 bits a pixel, rows from the bottom up and padded to four bytes: as Windows writes them. */
async function bmp(photo: Sharp): Promise<Buffer> {
  const { data, info } = await photo.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const stride = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(54 + stride * height)
  file.write('BM')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        file[54 + (height - 1 - y) * stride + x * 3 + channel] =
          data[(y * width + x) * channels + 2 - channel]!
  return file
}

const phone = join(import.meta.dirname, '..', 'fixtures', 'heic', 'turned.heic')

/** Writes KIND.EXTENSION files of a photo (64 x 96 pixels, upright) into a folder; answers the names. */
export async function writeKinds(folder: string, photo: string): Promise<string[]> {
  const upright = () => sharp(photo).resize(64, 96)
  const kinds: Readonly<Record<string, () => Promise<Buffer>>> = {
    'baseline.jpg': () => upright().jpeg().toBuffer(),
    'turned by exif.jpg': async () =>
      sharp(await upright().png().toBuffer())
        .rotate(-90)
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer(),
    'cmyk.jpeg': () => upright().toColourspace('cmyk').jpeg().toBuffer(),
    'grey.png': () => upright().greyscale().png().toBuffer(),
    '16 bit.png': () => upright().toColourspace('rgb16').png().toBuffer(),
    'alpha.png': () => upright().ensureAlpha(0.5).png().toBuffer(),
    'lossy.webp': () => upright().webp().toBuffer(),
    'first frame.gif': () => upright().gif().toBuffer(),
    'windows.bmp': () => bmp(upright()),
    'scan.tiff': () => upright().tiff({ compression: 'lzw' }).toBuffer(),
    'small.avif': () => upright().avif().toBuffer(),
    'phone.heic': () => Promise.resolve(readFileSync(phone)),
  }
  mkdirSync(folder, { recursive: true })
  for (const [name, make] of Object.entries(kinds)) writeFileSync(join(folder, name), await make())
  return Object.keys(kinds)
}
