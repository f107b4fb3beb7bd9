// Features on disk: records of one size in records.bin, and in index.jsonl the record number of each
// picture's hash. A record is on the disk before the index names it, so an interruption at any moment
// loses at most what was being added and never gives wrong numbers.
import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { openGrowing, type GrowingFile } from '../files/growingFile'
import { ignoreMissing, writeFailure } from '../files/fileFailures'
import { createSerialQueue } from '../files/serialQueue'

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
  /** Fills `target`, [hashes, values of a record], in the order of `hashes`. Every hash must be in the
   *  cache (`has`). */
  readInto(hashes: readonly string[], target: Float32Array): Promise<void>
  /** `data` is [hashes, values of a record]. @throws {Failure} disk-full, not-writable */
  append(hashes: readonly string[], data: Float32Array): Promise<void>
  close(): Promise<void>
}

/** How often each folder is open. */
const inUse = new Map<string, number>()

function pathsFor({ folder: root, key, bytesPerRecord }: FeatureCacheOptions) {
  const keyText = JSON.stringify({ key: ordered(key), bytesPerRecord })
  const folder = join(root, createHash('sha256').update(keyText).digest('hex').slice(0, 32))
  const paths = {
    records: join(folder, 'records.bin'),
    index: join(folder, 'index.jsonl'),
    key: join(folder, 'key.json'),
  }
  return { folder, keyText, paths }
}

/** @throws {Failure} disk-full, not-writable */
export async function openFeatureCache({
  folder: root,
  key,
  bytesPerRecord,
}: FeatureCacheOptions): Promise<FeatureCache> {
  const { folder, keyText, paths } = pathsFor({ folder: root, key, bytesPerRecord })
  try {
    await mkdir(folder, { recursive: true })
    if ((await readFile(paths.key, 'utf8').catch(ignoreMissing)) !== keyText) {
      await rm(paths.index, { force: true })
      await rm(paths.records, { force: true })
      await writeFileAtomic(paths.key, keyText)
    }
    const now = new Date()
    await utimes(paths.key, now, now)
    const records = await openGrowing(paths.records)
    const index = await openGrowing(paths.index)
    const { recordOf, stored } = await readIndex({ records, index, bytesPerRecord })
    inUse.set(folder, (inUse.get(folder) ?? 0) + 1)
    return cacheOn({ folder, records, index, recordOf, stored, bytesPerRecord })
  } catch (error) {
    throw writeFailure(folder, error)
  }
}

export interface Peeked {
  has(hash: string): boolean
  /** Values of one record that is there (`has`). @throws errors of the file system */
  read(hash: string): Float32Array
}
const peeked = new Map<string, { readonly stamp: string; readonly recordOf: Map<string, number> }>()

/** Reads a cache without opening it: nothing is repaired, kept open or marked as used. Null where there
 *  is none. */
export function peekFeatureCache(options: FeatureCacheOptions): Peeked | null {
  const { folder, paths } = pathsFor(options)
  const { bytesPerRecord } = options
  try {
    const { size, mtimeMs } = statSync(paths.index)
    const stamp = `${size}-${mtimeMs}`
    const known = peeked.get(folder)
    const recordOf =
      known?.stamp === stamp
        ? known.recordOf
        : parseIndex(readFileSync(paths.index), {
            whole: Math.floor(statSync(paths.records).size / bytesPerRecord),
          }).recordOf
    peeked.set(folder, { stamp, recordOf })
    return {
      has: (hash) => recordOf.has(hash),
      read: (hash) => readRecord(paths.records, recordOf.get(hash)!, bytesPerRecord),
    }
  } catch {
    return null
  }
}

function readRecord(path: string, record: number, bytes: number) {
  const values = new Float32Array(bytes / 4)
  const file = openSync(path, 'r')
  try {
    readSync(file, new Uint8Array(values.buffer), { position: record * bytes })
  } finally {
    closeSync(file)
  }
  return values
}

interface Files {
  readonly records: GrowingFile
  readonly index: GrowingFile
  readonly bytesPerRecord: number
}

interface Content {
  /** The record number of each hash. */
  readonly recordOf: Map<string, number>
  /** Records on the disk; a hash added twice has two records, of which the later counts. */
  readonly stored: number
}

function cacheOn({
  folder,
  records,
  index,
  recordOf,
  bytesPerRecord,
  ...start
}: Files & Content & { readonly folder: string }): FeatureCache {
  const values = bytesPerRecord / 4
  let stored = start.stored
  const queue = createSerialQueue()

  const requireLength = (hashes: readonly string[], numbers: Float32Array) => {
    if (numbers.length !== hashes.length * values)
      throw new Error(
        `${hashes.length} records need ${hashes.length * values} values, not ${numbers.length}`,
      )
  }
  const write = async (hashes: readonly string[], data: Float32Array) => {
    const lines = hashes
      .map((hash, i) => `${JSON.stringify({ hash, record: stored + i })}\n`)
      .join('')
    try {
      await records.append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), {
        sync: true,
      })
      await index.append(Buffer.from(lines), { sync: false })
    } catch (error) {
      await records.cut(stored * bytesPerRecord).catch(() => {})
      throw writeFailure(folder, error)
    }
    hashes.forEach((hash, i) => recordOf.set(hash, stored + i))
    stored += hashes.length
  }
  return {
    get count() {
      return recordOf.size
    },
    has: (hash) => recordOf.has(hash),
    async readInto(hashes, target) {
      requireLength(hashes, target)
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
      const wanted = hashes.map((hash, slot) => {
        const record = recordOf.get(hash)
        if (record === undefined) throw new Error(`no record for ${hash}`)
        return { record, slot }
      })
      for (const run of runsOf(wanted)) {
        const { record, slot } = run[0]!
        const into = bytes.subarray(slot * bytesPerRecord, (slot + run.length) * bytesPerRecord)
        await records.read(into, record * bytesPerRecord)
      }
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
      await records.close()
      await index.close()
    },
  }
}

interface Wanted {
  readonly record: number
  readonly slot: number
}

/** Groups records that are neighbours both on the disk and in the target, to read each group at once. */
function runsOf(wanted: readonly Wanted[]): Wanted[][] {
  const runs: Wanted[][] = []
  for (const item of wanted) {
    const run = runs[runs.length - 1]
    const before = run?.[run.length - 1]
    if (run && before && item.record === before.record + 1) run.push(item)
    else runs.push([item])
  }
  return runs
}

/** Reads the index and cuts off what an interruption left half-written in either file. */
async function readIndex({ records, index, bytesPerRecord }: Files): Promise<Content> {
  const whole = Math.floor(records.size / bytesPerRecord)
  const bytes = Buffer.alloc(index.size)
  await index.read(bytes, 0)
  const { recordOf, good, next } = parseIndex(bytes, { whole })
  if (good < bytes.length) await index.cut(good)
  if (records.size > next * bytesPerRecord) await records.cut(next * bytesPerRecord)
  return { recordOf, stored: next }
}

/** Parses the lines of an index up to the first that is incomplete or names a record that is not there.
 *  `whole`: complete records on the disk. */
function parseIndex(bytes: Buffer, { whole }: { readonly whole: number }) {
  const recordOf = new Map<string, number>()
  let good = 0
  let next = 0
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, good)) {
    const line = parsed(bytes.toString('utf8', good, end))
    if (!line || line.record !== next || line.record >= whole) break
    recordOf.set(line.hash, line.record)
    next++
    good = end + 1
  }
  return { recordOf, good, next }
}

function parsed(text: string) {
  try {
    const line: unknown = JSON.parse(text)
    if (typeof line !== 'object' || line === null || !('hash' in line) || !('record' in line))
      return null
    const { hash, record } = line
    return typeof hash === 'string' && typeof record === 'number' ? { hash, record } : null
  } catch {
    return null
  }
}

/** Deletes the least recently opened caches until all of the root fits into `maxBytes`; open ones stay.
 *  Returns the bytes that remain. */
export async function pruneFeatureCaches(root: string, maxBytes: number): Promise<number> {
  const names = await readdir(root).catch(() => [])
  const caches = await Promise.all(names.map((name) => weigh(join(root, name))))
  let total = caches.reduce((sum, cache) => sum + cache.bytes, 0)
  for (const { folder, bytes } of caches.sort((a, b) => a.used - b.used)) {
    if (total <= maxBytes) break
    if (inUse.has(folder)) continue
    await rm(folder, { recursive: true, force: true })
    total -= bytes
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
