// Files that can be made again, kept below a number of bytes: what was not used for longest goes first.
// The same one asked for twice at once is made once.
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inParallel } from './parallel'

export interface FileCache {
  /** The kept bytes, or those that `make` gives; `key` is a hash in hex. */
  get(key: string, make: () => Promise<Buffer>): Promise<Buffer>
  /** Brings the cache back below its limit; also done now and then by itself. */
  prune(): Promise<void>
}
export interface FileCacheOptions {
  /** Of the files, without the dot. */
  readonly extension: string
  /** Bytes of all files together. */
  readonly limit: number
}

/** Bytes written between two looks at the size of the cache. */
const pruneEvery = 2e8
/** A cache that was pruned has room for a while. */
const kept = 0.8
/** A file in use is marked as such once in so many milliseconds. */
const markEvery = 86_400_000
const looksAtOnce = 4

export function openFileCache(folder: string, { extension, limit }: FileCacheOptions): FileCache {
  const underWay = new Map<string, Promise<Buffer>>()
  let unique = 0
  let written = pruneEvery
  let pruning: Promise<void> | null = null

  const readOrMake = async (file: string, make: () => Promise<Buffer>) => {
    const there = await readFile(file).catch(() => null)
    if (there?.length) {
      void markUsed(file)
      return there
    }
    const made = await make()
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
    get(key, make) {
      const file = join(folder, key.slice(0, 2), `${key.slice(2, 34)}.${extension}`)
      const already = underWay.get(file)
      if (already) return already
      const made = readOrMake(file, make).finally(() => underWay.delete(file))
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
    await inParallel(names, looksAtOnce, async (name) => {
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
