// Thumbnails on disk, so that a grid of thousands opens at once. A name is made of the path, the
// time of change and the size asked for: a changed picture never shows its old thumbnail. The same
// thumbnail asked for twice at once is made once.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../../../shared/failure'
import { thumbnail } from './decode'

export interface Thumbnails {
  /** A WebP picture that fits into size x size. Throws 'file-missing', 'file-unreadable'. */
  get(path: string, size: number): Promise<Buffer>
}

const atOnce = 4

export function openThumbnails(folder: string): Thumbnails {
  const underWay = new Map<string, Promise<Buffer>>()
  const waiting: (() => void)[] = []
  let running = 0
  let unique = 0

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
  const make = async (file: string, path: string, size: number) => {
    const kept = await readFile(file).catch(() => null)
    if (kept?.length) return kept
    const made = await inTurn(() => thumbnail(path, size))
    await keep(file, made).catch(() => {})
    return made
  }
  // A cache that cannot be written only costs time; so failures to keep are passed over.
  const keep = async (file: string, bytes: Buffer) => {
    const half = `${file}.${process.pid}-${unique++}`
    await mkdir(dirname(file), { recursive: true })
    await writeFile(half, bytes)
    await rename(half, file)
  }
  return {
    async get(path, size) {
      const { mtimeMs, size: bytes } = await stat(path).catch(() => {
        throw new Failure('file-missing', { path })
      })
      const name = createHash('sha256')
        .update(`${path}\0${mtimeMs}\0${bytes}\0${size}`)
        .digest('hex')
      const file = join(folder, name.slice(0, 2), `${name.slice(2, 34)}.webp`)
      const already = underWay.get(file)
      if (already) return already
      const made = make(file, path, size).finally(() => underWay.delete(file))
      underWay.set(file, made)
      return made
    },
  }
}
