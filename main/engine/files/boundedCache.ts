// A cache of files that can be computed again, bounded in bytes: the least recently used are deleted
// first. A file that is requested twice at the same time is computed once. Each ends with its checksum:
// one that was damaged is computed again.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inParallel } from './parallel'

export interface FileCache {
  /** The cached bytes, or else those that `make` computes; `key` is a hash in hex. */
  get(key: string, make: () => Promise<Buffer>): Promise<Buffer>
  /** Deletes files until the cache is below its limit; also happens by itself as files are written. */
  prune(): Promise<void>
}
export interface FileCacheOptions {
  /** Of the cached files, without the dot. */
  readonly extension: string
  /** Bytes of all files together. */
  readonly limit: number
}

/** Bytes written between two checks of the cache's size. */
const pruneEvery = 2e8
/** Share of the limit that pruning leaves, so that it is not needed again at once. */
const prunedShare = 0.8
/** Milliseconds between two updates of a file's time of last use. */
const markEvery = 86_400_000
const readsAtOnce = 4

export function openFileCache(folder: string, { extension, limit }: FileCacheOptions): FileCache {
  const underWay = new Map<string, Promise<Buffer>>()
  let unique = 0
  let written = pruneEvery
  let pruning: Promise<void> | null = null

  const readOrMake = async (file: string, make: () => Promise<Buffer>) => {
    const cached = withoutChecksum(await readFile(file).catch(() => null))
    if (cached) {
      void markUsed(file)
      return cached
    }
    const made = await make()
    await store(file, made).catch(() => {})
    return made
  }
  // A cache that cannot be written only costs time, so failures to store are ignored.
  const store = async (file: string, bytes: Buffer) => {
    const temporary = `${file}.${process.pid}-${unique++}`
    await mkdir(dirname(file), { recursive: true })
    await writeFile(temporary, Buffer.concat([bytes, checksumOf(bytes)]))
    await rename(temporary, file)
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

const checksumBytes = 32
const checksumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** The bytes before the checksum; null where it is wrong. */
function withoutChecksum(file: Buffer | null): Buffer | null {
  if (!file || file.length <= checksumBytes) return null
  const bytes = file.subarray(0, -checksumBytes)
  return checksumOf(bytes).equals(file.subarray(-checksumBytes)) ? bytes : null
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
    await inParallel(names, readsAtOnce, async (name) => {
      const path = join(folder, part, name)
      const found = await stat(path).catch(() => null)
      if (found) files.push({ path, size: found.size, time: found.mtimeMs })
    })
  }
  let total = files.reduce((sum, { size }) => sum + size, 0)
  if (total <= limit) return
  files.sort((a, b) => a.time - b.time)
  for (const { path, size } of files) {
    if (total <= limit * prunedShare) break
    await rm(path, { force: true })
    total -= size
  }
}
