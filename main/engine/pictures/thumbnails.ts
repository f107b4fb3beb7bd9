// Thumbnails on disk, so that a grid of thousands opens at once. A name is made of the path, the
// time of change and the size asked for: a changed picture never shows its old thumbnail, and one whose
// file is gone goes on showing the last.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { Picture } from '../../../shared/dataset'
import { thumbnail } from './decode'
import { openFileCache } from '../files/boundedCache'
import { lookFirst } from '../files/turns'

export interface Thumbnails {
  /** A WebP picture that fits into size x size. @throws {Failure} file-missing, file-unreadable */
  get(picture: Pick<Picture, 'path' | 'modified' | 'bytes'>, size: number): Promise<Buffer>
  /** Trims the cache to its limit; this also happens from time to time automatically. */
  prune(): Promise<void>
}

const atOnce = 4
const usualLimit = 2e9

export function openThumbnails(folder: string, { limit = usualLimit } = {}): Thumbnails {
  const cache = openFileCache(folder, { extension: 'webp', limit })
  const waiting: (() => void)[] = []
  let running = 0

  const inTurn = async <T>(work: () => Promise<T>) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
  return {
    async get({ path, ...known }, size) {
      const now = await stat(path).catch(() => null)
      const [modified, bytes] = now ? [now.mtimeMs, now.size] : [known.modified, known.bytes]
      const key = createHash('sha256')
        .update(`${path}\0${modified}\0${bytes}\0${size}`)
        .digest('hex')
      return lookFirst(() => cache.get(key, () => inTurn(() => thumbnail(path, size))))
    },
    prune: cache.prune,
  }
}
