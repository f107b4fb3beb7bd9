// Thumbnails on disk, so that a grid of thousands opens at once. A name is made of the path, the
// time of change and the size asked for: a changed picture never shows its old thumbnail. The same
// thumbnail asked for twice at once is made once. The cache is kept below a number of bytes: what was
// not looked at for longest goes first.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../../../shared/failure'
import { thumbnail } from './decode'
import { inParallel } from './parallel'
import { lookFirst } from './turns'

export interface Thumbnails {
  /** A WebP picture that fits into size x size. Throws 'file-missing', 'file-unreadable'. */
  get(path: string, size: number): Promise<Buffer>
  /** Brings the cache back below its limit; also done now and then by itself. */
  prune(): Promise<void>
}

const atOnce = 4
const usualLimit = 2e9
/** Bytes written between two looks at the size of the cache. */
const pruneEvery = 2e8
/** A cache that was pruned has room for a while. */
const kept = 0.8
/** A thumbnail in use is marked as such once in so many milliseconds. */
const markEvery = 86_400_000

export function openThumbnails(folder: string, { limit = usualLimit } = {}): Thumbnails {
  const underWay = new Map<string, Promise<Buffer>>()
  const waiting: (() => void)[] = []
  let running = 0
  let unique = 0
  let written = pruneEvery
  let pruning: Promise<void> | null = null

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
    if (kept?.length) {
      void markUsed(file)
      return kept
    }
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
    written += bytes.length
    if (written < Math.min(pruneEvery, limit)) return
    written = 0
    void prune()
  }
  const prune = () => {
    pruning ??= pruneFolder(folder, limit)
      .catch(() => {})
      .then(() => void (pruning = null))
    return pruning
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
      const made = lookFirst(() => make(file, path, size)).finally(() => underWay.delete(file))
      underWay.set(file, made)
      return made
    },
    prune,
  }
}

async function markUsed(file: string) {
  const now = Date.now()
  const found = await stat(file).catch(() => null)
  if (found && now - found.mtimeMs > markEvery)
    await utimes(file, now / 1000, now / 1000).catch(() => {})
}

async function pruneFolder(folder: string, limit: number) {
  const files: { path: string; size: number; time: number }[] = []
  for (const part of await readdir(folder)) {
    const names = await readdir(join(folder, part)).catch(() => [])
    await inParallel(names, atOnce, async (name) => {
      const path = join(folder, part, name)
      const found = await stat(path).catch(() => null)
      if (found) files.push({ path, size: found.size, time: found.mtimeMs })
    })
  }
  let total = files.reduce((sum, { size }) => sum + size, 0)
  if (total <= limit) return
  files.sort((a, b) => a.time - b.time)
  for (const { path, size } of files) {
    if (total <= limit * kept) break
    await rm(path, { force: true })
    total -= size
  }
}
