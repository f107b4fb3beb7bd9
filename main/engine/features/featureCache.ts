// Features on disk, safe for several processes at once. A cache has parts, each of which one process at
// a time adds to: records of one size in PART.bin, and in PART.jsonl one line a record with the
// picture's hash and checksums of the record and of the line. Files only grow, and a record is on the disk
// before a line names it: an interruption at any moment loses at most what was being added. Who opens a
// cache reads all parts; what other processes add later is seen at the next opening.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { ignoreMissing, writeFailure } from '../files/fileFailures'
import { createSerialQueue } from '../files/serialQueue'
import {
  checksumOf,
  isPart,
  openPart,
  partPaths,
  type Entry,
  type PartReader,
  type PartWriter,
} from './featurePart'

/** What the features depend on: weights, cut, size, precision, view... as plain data. */
export type FeatureKey = string | Readonly<Record<string, string | number | boolean | null>>

export interface FeatureCacheOptions {
  /** Holds one folder for each key. */
  readonly folder: string
  readonly key: FeatureKey
  /** A multiple of 4: records are float32. */
  readonly bytesPerRecord: number
}
export interface FeatureCache {
  readonly count: number
  has(hash: string): boolean
  /** Reads those of these records that were not read yet, and drops the damaged ones. */
  check(hashes: readonly string[]): Promise<void>
  /** Fills `target`, [hashes, values of a record], in the order of `hashes`. Every hash must be in the
   *  cache (`has`). Throws where a record that was not checked before is damaged. */
  readInto(hashes: readonly string[], target: Float32Array): Promise<void>
  /** `data` is [hashes, values of a record]. @throws {Failure} disk-full, not-writable */
  append(hashes: readonly string[], data: Float32Array): Promise<void>
  close(): Promise<void>
}

/** How often this process has each folder open. */
const inUse = new Map<string, number>()

/** The folder of a cache, and the file in it that names what the features depend on. */
export function pathsFor({ folder: root, key, bytesPerRecord }: FeatureCacheOptions) {
  const keyText = JSON.stringify({ key: ordered(key), bytesPerRecord, format: 2 })
  const folder = join(root, createHash('sha256').update(keyText).digest('hex').slice(0, 32))
  return { folder, keyText, keyFile: join(folder, 'key.json') }
}

/** @throws {Failure} disk-full, not-writable */
export async function openFeatureCache(options: FeatureCacheOptions): Promise<FeatureCache> {
  const { folder, keyText, keyFile } = pathsFor(options)
  const readers: PartReader[] = []
  try {
    await mkdir(folder, { recursive: true })
    const stored = await readFile(keyFile, 'utf8').catch(ignoreMissing)
    if (stored !== keyText) {
      // Without a key it is new, or another process is just making it.
      if (stored !== null) await removeParts(folder)
      await writeFileAtomic(keyFile, keyText)
    }
    const now = new Date()
    await utimes(keyFile, now, now).catch(() => undefined)
    const recordOf = new Map<string, Place>()
    for (const name of await namesOfParts(folder)) {
      const part = await openPart(partPaths(folder, name), options.bytesPerRecord)
      if (!part) continue
      readers.push(part)
      for (const [hash, entry] of part.entries)
        recordOf.set(hash, { ...entry, part, instead: recordOf.get(hash) ?? null })
    }
    inUse.set(folder, (inUse.get(folder) ?? 0) + 1)
    return cacheOn({ folder, readers, recordOf, bytesPerRecord: options.bytesPerRecord })
  } catch (error) {
    await Promise.all(readers.map((part) => part.close()))
    throw writeFailure(folder, error)
  }
}

/** Where a record is. */
interface Place extends Entry {
  readonly part: PartReader
  /** Another record of the same picture, where two processes computed it. */
  readonly instead: Place | null
}

interface Open {
  readonly folder: string
  readonly readers: PartReader[]
  readonly recordOf: Map<string, Place>
  readonly bytesPerRecord: number
}

/** Bytes that `check` reads at once. */
const checkedAtOnce = 8e6

function cacheOn({ folder, readers, recordOf, bytesPerRecord }: Open): FeatureCache {
  const values = bytesPerRecord / 4
  const checked = new Set<string>()
  const queue = createSerialQueue()
  let writer: PartWriter | null = null

  const requireLength = (hashes: readonly string[], numbers: Float32Array) => {
    if (numbers.length !== hashes.length * values)
      throw new Error(
        `${hashes.length} records need ${hashes.length * values} values, not ${numbers.length}`,
      )
  }
  const recordIn = (bytes: Uint8Array, slot: number) =>
    bytes.subarray(slot * bytesPerRecord, (slot + 1) * bytesPerRecord)

  /** Fills `bytes` and answers with the hashes whose record is damaged. */
  const read = async (hashes: readonly string[], bytes: Uint8Array) => {
    const wanted = hashes.map((hash, slot) => {
      const place = recordOf.get(hash)
      if (place === undefined) throw new Error(`no record for ${hash}`)
      return { ...place, slot }
    })
    for (const run of runsOf(wanted)) {
      const { part, record, slot } = run[0]!
      const into = bytes.subarray(slot * bytesPerRecord, (slot + run.length) * bytesPerRecord)
      await part.read(into, record * bytesPerRecord)
    }
    const damaged: string[] = []
    for (const { slot, checksum } of wanted) {
      const hash = hashes[slot]!
      if (checked.has(hash)) continue
      if (checksumOf(recordIn(bytes, slot)) === checksum) checked.add(hash)
      else damaged.push(hash)
    }
    return damaged
  }
  const damagedOf = async (hashes: readonly string[]) => {
    // In the order on the disk, so that neighbours are read at once.
    const sorted = [...hashes].sort((a, b) => recordOf.get(a)!.record - recordOf.get(b)!.record)
    const count = Math.max(1, Math.floor(checkedAtOnce / bytesPerRecord))
    const damaged: string[] = []
    for (let at = 0; at < sorted.length; at += count) {
      const some = sorted.slice(at, at + count)
      const bytes = new Uint8Array(some.length * bytesPerRecord)
      // Where the disk itself reports an error, all of them count as damaged.
      damaged.push(...(await read(some, bytes).catch(() => some)))
    }
    return damaged
  }
  const write = async (hashes: readonly string[], data: Float32Array) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    try {
      if (!writer) {
        writer = await firstFreePart(folder, bytesPerRecord)
        readers.push(writer)
      }
      const part = writer
      const entries = await part.append(bytes, (first) =>
        hashes.map((hash, slot) => ({
          hash,
          record: first + slot,
          checksum: checksumOf(recordIn(bytes, slot)),
        })),
      )
      for (const entry of entries) {
        recordOf.set(entry.hash, { ...entry, part, instead: null })
        checked.add(entry.hash)
      }
    } catch (error) {
      throw writeFailure(folder, error)
    }
  }
  return {
    get count() {
      return recordOf.size
    },
    has: (hash) => recordOf.has(hash),
    async check(hashes) {
      let open = [...new Set(hashes)].filter((hash) => recordOf.has(hash) && !checked.has(hash))
      while (open.length > 0) {
        const damaged = await damagedOf(open)
        for (const hash of damaged) {
          const { instead } = recordOf.get(hash)!
          if (instead) recordOf.set(hash, instead)
          else recordOf.delete(hash)
        }
        open = damaged.filter((hash) => recordOf.has(hash))
      }
    },
    async readInto(hashes, target) {
      requireLength(hashes, target)
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
      const [damaged] = await read(hashes, bytes)
      if (damaged !== undefined) throw new Error(`The record of ${damaged} is damaged`)
    },
    append(hashes, data) {
      requireLength(hashes, data)
      return queue.run(() => write(hashes, data))
    },
    async close() {
      await queue.settled()
      const users = (inUse.get(folder) ?? 1) - 1
      if (users > 0) inUse.set(folder, users)
      else inUse.delete(folder)
      await Promise.all(readers.map((part) => part.close()))
    },
  }
}

/** A part that nobody adds to, or a new one. */
async function firstFreePart(folder: string, bytesPerRecord: number): Promise<PartWriter> {
  // Another process may have cleared the cache meanwhile.
  await mkdir(folder, { recursive: true })
  const fresh = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}.jsonl`
  for (const name of [...(await namesOfParts(folder)), fresh]) {
    const part = await openPart(partPaths(folder, name), bytesPerRecord, { toWrite: true })
    if (part) return part
  }
  throw new Error('A new part is in use')
}

/** In order of making: of two records of one picture, the later was made because the first is damaged. */
const namesOfParts = async (folder: string) => (await readdir(folder)).filter(isPart).sort()

async function removeParts(folder: string) {
  for (const name of await namesOfParts(folder)) {
    const { records, index } = partPaths(folder, name)
    await rm(index, { force: true })
    await rm(records, { force: true })
  }
}

interface Wanted extends Place {
  readonly slot: number
}

/** Groups records that are neighbours both on the disk and in the target, to read each group at once. */
function runsOf(wanted: readonly Wanted[]): Wanted[][] {
  const runs: Wanted[][] = []
  for (const item of wanted) {
    const run = runs[runs.length - 1]
    const before = run?.[run.length - 1]
    if (run && before && item.part === before.part && item.record === before.record + 1)
      run.push(item)
    else runs.push([item])
  }
  return runs
}

/** Deletes the least recently opened caches until all of the root fits into `maxBytes`; those that are
 *  open here stay, and what other processes have open they can still read. Returns the bytes that
 *  remain. */
export async function pruneFeatureCaches(root: string, maxBytes: number): Promise<number> {
  const names = await readdir(root).catch(() => [])
  const caches = await Promise.all(names.map((name) => weigh(join(root, name))))
  let total = caches.reduce((sum, cache) => sum + cache.bytes, 0)
  for (const { folder, bytes } of caches.sort((a, b) => a.used - b.used)) {
    if (total <= maxBytes) break
    if (inUse.has(folder)) continue
    // Windows refuses to delete what another process has open.
    const removed = await rm(folder, { recursive: true, force: true }).then(
      () => true,
      () => false,
    )
    if (removed) total -= bytes
  }
  return total
}

async function weigh(folder: string) {
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (file) => file.size,
        () => 0,
      ),
    ),
  )
  const used = await stat(join(folder, 'key.json')).then(
    (file) => file.mtimeMs,
    () => 0,
  )
  return { folder, bytes: sizes.reduce((sum, size) => sum + size, 0), used }
}

/** Sorts the fields of a key, so that their order makes no difference. */
const ordered = (key: FeatureKey) =>
  typeof key === 'string'
    ? key
    : Object.fromEntries(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)))
