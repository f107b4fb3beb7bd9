// Plants copies of real pictures into a temporary folder: exact, resized, recompressed, flipped and
// slightly cropped (up to a tenth of each side), drawn with a seed. Nothing but `folder` is written.
import { copyFile, mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import sharp from 'sharp'
import { seededRandom } from '../../shared/random'

export const plantKinds = ['exact', 'resized', 'recompressed', 'flipped', 'cropped'] as const
export type PlantKind = (typeof plantKinds)[number]
export interface Planted {
  readonly kind: PlantKind
  readonly original: string
  readonly copy: string
}
export interface PlantOptions {
  readonly originals: readonly string[]
  readonly folder: string
  readonly perKind: number
  readonly seed: number
}

/** Every copy has its own original. */
export async function plantDuplicates({
  originals,
  folder,
  perKind,
  seed,
}: PlantOptions): Promise<Planted[]> {
  await mkdir(folder, { recursive: true })
  const random = seededRandom('plant', seed)
  const chosen = random.shuffled(originals)
  const planted: Planted[] = []
  for (const kind of plantKinds)
    for (let i = 0; i < perKind; i++) {
      const original = chosen[planted.length]!
      const name = `${kind}-${i}${kind === 'exact' ? extname(original) : '.jpg'}`
      const copy = join(folder, name)
      await write({ kind, original, copy }, random)
      planted.push({ kind, original, copy })
    }
  return planted
}

async function write({ kind, original, copy }: Planted, random: ReturnType<typeof seededRandom>) {
  const { width, height } = await sharp(original).metadata()
  const between = (low: number, high: number) => low + (high - low) * random.next()
  switch (kind) {
    case 'exact':
      return copyFile(original, copy)
    case 'resized':
      return sharp(original)
        .resize(Math.round(width * between(0.5, 1.5)))
        .jpeg({ quality: 90 })
        .toFile(copy)
    case 'recompressed':
      return sharp(original)
        .jpeg({ quality: Math.round(between(30, 70)) })
        .toFile(copy)
    case 'flipped':
      return sharp(original).flop().jpeg({ quality: 90 }).toFile(copy)
    case 'cropped': {
      const part = between(0.9, 0.97)
      const box = { width: Math.round(width * part), height: Math.round(height * part) }
      const left = random.integer(width - box.width + 1)
      const top = random.integer(height - box.height + 1)
      return sharp(original)
        .extract({ left, top, ...box })
        .jpeg({ quality: 90 })
        .toFile(copy)
    }
  }
}
