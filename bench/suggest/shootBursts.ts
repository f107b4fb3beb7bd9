// Turns each real picture into a burst, as from a camera trap or a held shutter: the picture and a few
// more, each moved, turned, lit and compressed a little otherwise. Their number is geometric and drawn
// with a seed, as all else is. Nothing but `folder` is written, and what is there already is kept.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { seededRandom } from '../../shared/random'

/** Of the pictures in a burst; camera traps take three to ten. */
const meanLength = 5

export interface Shot {
  readonly path: string
  /** Index of the original. */
  readonly scene: number
}

/** The originals first, in their order. */
export async function shootBursts(originals: readonly string[], folder: string): Promise<Shot[]> {
  await mkdir(folder, { recursive: true })
  const more: Shot[] = []
  for (const [scene, original] of originals.entries()) {
    const random = seededRandom('burst', scene)
    for (let shot = 1; random.next() >= 1 / meanLength; shot++) {
      const path = join(folder, `${scene}-${shot}.jpg`)
      await shoot({ original, path }, random)
      more.push({ path, scene })
    }
  }
  return [...originals.map((path, scene) => ({ path, scene })), ...more]
}

async function shoot(
  { original, path }: { original: string; path: string },
  random: ReturnType<typeof seededRandom>,
) {
  const between = (low: number, high: number) => low + (high - low) * random.next()
  const [part, left, top] = [between(0.85, 1), random.next(), random.next()]
  const [turn, brightness, quality] = [between(-4, 4), between(0.8, 1.2), between(60, 90)]
  if (existsSync(path)) return
  const upright = await sharp(original)
    .rotate(turn, { background: '#777' })
    .toBuffer({ resolveWithObject: true })
  const { width, height } = upright.info
  const box = { width: Math.round(width * part), height: Math.round(height * part) }
  await sharp(upright.data)
    .extract({
      left: Math.floor(left * (width - box.width + 1)),
      top: Math.floor(top * (height - box.height + 1)),
      ...box,
    })
    .modulate({ brightness })
    .jpeg({ quality: Math.round(quality) })
    .toFile(path)
}
