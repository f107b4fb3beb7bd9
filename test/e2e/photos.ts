// Small photos that a network can tell apart: stripes in the colour of their class, each with its own
// angle, width and grain. Drawn from a seed, so the same call writes the same files.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

const side = 96
const hues = [
  [210, 60, 50],
  [50, 160, 80],
  [60, 90, 210],
] as const

export function drawPhoto(hue: number, seed: number): Promise<Buffer> {
  const [angle, width] = [(seed * 0.7) % 3.1, 5 + (seed % 7)]
  const pixels = Buffer.alloc(side * side * 3)
  for (let at = 0; at < side * side; at++) {
    const along = (at % side) * Math.cos(angle) + Math.floor(at / side) * Math.sin(angle)
    const light = Math.sin(along / width) > 0 ? 1 : 0.45
    const grain = (Math.imul(at + 1, 2654435761 ^ (seed * 7919)) >>> 24) & 31
    hues[hue % hues.length]!.forEach((value, channel) => {
      pixels[at * 3 + channel] = Math.min(255, value * light + grain)
    })
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg()
    .toBuffer()
}

/** Writes photos NAME-01.jpg, ... of one colour into a folder and answers their paths. */
export async function writePhotos(
  folder: string,
  what: { readonly hue: number; readonly count: number; readonly name?: string },
): Promise<string[]> {
  const paths: string[] = []
  for (let at = 1; at <= what.count; at++) {
    const path = join(folder, `${what.name ?? 'photo'}-${String(at).padStart(2, '0')}.jpg`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, await drawPhoto(what.hue, what.hue * 100 + at))
    paths.push(path)
  }
  return paths
}
