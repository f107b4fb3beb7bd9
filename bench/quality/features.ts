// The frozen backbone's features of a set's photos, whole view alone, in a file that the peers read: what
// Restage starts from is what they start from.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createDevice } from '../../main/engine/device/device'
import { viewsFor } from '../../main/engine/features/closerView'
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
  const features = await openBackbone({
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
    // The views stand side by side, the whole one first.
    const columns = features.length / Math.max(1, viewsFor(rows).length)
    if (!existsSync(file)) {
      for await (const _ of features.fill(photos));
      if (features.readable(photos).length !== rows)
        throw new Error('A photo cannot be read any more')
      mkdirSync(dirname(file), { recursive: true })
      const values = await features.read(photos)
      const whole = new Float32Array(rows * columns)
      for (let row = 0; row < rows; row++) {
        const at = row * features.length
        whole.set(values.subarray(at, at + columns), row * columns)
      }
      writeFileSync(file, Buffer.from(whole.buffer))
    }
    return { file, rows, columns }
  } finally {
    await features.close()
  }
}
