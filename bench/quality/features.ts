// The frozen backbone's features of a set's photos, whole view alone, in a file that the peers read: what
// Restage starts from is what they start from.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createDevice } from '../../main/engine/device/device'
import { openBackbone } from '../../main/engine/features/openBackbone'
import type { Home } from '../../main/engine/files/home'
import type { PhotoSet } from './photoSet'

export interface FeaturesFile {
  /** float32, [photos, columns], little-endian, in the order of the set. */
  readonly file: string
  readonly rows: number
  readonly columns: number
}

/** @throws Error when a photo of the set cannot be read any more */
export async function wholeViewFeatures(
  home: Home,
  { set, weights }: { readonly set: PhotoSet; readonly weights: string },
): Promise<FeaturesFile> {
  const precision = await createDevice(home).precision('auto')
  const hashes = new Map(set.photos.map(({ path, hash }) => [path, hash]))
  const [whole, ...closer] = await openBackbone({
    ...{ home, weights, precision, pictures: set.photos.length },
    hash: (path) => Promise.resolve(hashes.get(path)!),
  })
  try {
    const photos = set.photos.map(({ path }) => ({ id: path, path }))
    const rows = photos.length
    const file = join(
      home.folder,
      'peers',
      `${set.content}-${precision}-${weights.replace(/.*[\\/]/, '')}.f32`,
    )
    if (!existsSync(file)) {
      for await (const _ of whole!.fill(photos));
      if (whole!.readable(photos).length !== rows)
        throw new Error('A photo cannot be read any more')
      mkdirSync(dirname(file), { recursive: true })
      const values = await whole!.read(photos)
      writeFileSync(file, Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    }
    return { file, rows, columns: whole!.length }
  } finally {
    for (const look of [whole!, ...closer]) await look.close()
  }
}
