// Pictures for works that need many, or any: drawn, written into a scratch folder and thrown away.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { seededRandom } from '../shared/random'

export interface Drawing {
  readonly count: number
  /** In pixels. */
  readonly side: number
  readonly classes: readonly string[]
}
const atOnce = 64

/** Writes folder/CLASS/NUMBER.png or .jpg, turn about; every picture differs. */
export async function drawPictures(folder: string, { count, side, classes }: Drawing) {
  for (const name of classes) await mkdir(join(folder, name), { recursive: true })
  for (let from = 0; from < count; from += atOnce) {
    const part = Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => from + i)
    await Promise.all(
      part.map(async (number) => {
        const label = number % classes.length
        const format = (number >> 1) % 2 === 0 ? 'png' : 'jpg'
        const bytes = await drawn({ number, side, label })
          .toFormat(format === 'png' ? 'png' : 'jpeg')
          .toBuffer()
        await writeFile(join(folder, classes[label]!, `${number}.${format}`), bytes)
      }),
    )
  }
}

/** Waves whose direction is the class's, in colours of the picture's own. */
function drawn({ number, side, label }: { number: number; side: number; label: number }) {
  const random = seededRandom('bench picture', number)
  const [phase, length] = [random.next() * 6, 3 + random.next() * 5]
  const colour = [random.next(), random.next(), random.next()]
  const pixels = new Uint8Array(side * side * 3)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const wave = 0.5 + 0.5 * Math.sin((label % 2 === 0 ? x : y) / length + phase)
      for (let c = 0; c < 3; c++)
        pixels[(y * side + x) * 3 + c] =
          255 * (0.3 * colour[c]! + 0.7 * wave * (1 - colour[c]! / 2))
    }
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
}
