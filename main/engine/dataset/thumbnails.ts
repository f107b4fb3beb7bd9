// Thumbnails on disk, so that a grid of thousands opens at once. A name is made of the path, the
// time of change and the size asked for: a changed picture never shows its old thumbnail.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { Failure } from '../../../shared/failure'
import { thumbnail } from './decode'
import { openFileCache } from './fileCache'
import { lookFirst } from './turns'

export interface Thumbnails {
  /** A WebP picture that fits into size x size. Throws 'file-missing', 'file-unreadable'. */
  get(path: string, size: number): Promise<Buffer>
  /** Brings the cache back below its limit; also done now and then by itself. */
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
    async get(path, size) {
      const { mtimeMs, size: bytes } = await stat(path).catch(() => {
        throw new Failure('file-missing', { path })
      })
      const key = createHash('sha256')
        .update(`${path}\0${mtimeMs}\0${bytes}\0${size}`)
        .digest('hex')
      return lookFirst(() => cache.get(key, () => inTurn(() => thumbnail(path, size))))
    },
    prune: cache.prune,
  }
}
