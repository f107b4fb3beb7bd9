// One part of a feature cache: PART.bin with records, PART.jsonl with a line for each. A reader never
// changes it; a writer claims it and only adds to its ends, so that readers of other processes can trust
// what they have seen.
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claim } from '../files/claim'
import { openGrowing } from '../files/growingFile'
import { seal, unseal } from '../files/sealedJson'

export interface Entry {
  readonly record: number
  /** Of the record's bytes. */
  readonly checksum: string
}
export interface PartReader {
  /** By the hash of the picture. */
  readonly entries: ReadonlyMap<string, Entry>
  /** Fills `target` from `position` on. */
  read(target: Uint8Array, position: number): Promise<void>
  close(): Promise<void>
}
export type NamedEntry = Entry & { readonly hash: string }
export interface PartWriter extends PartReader {
  /** Adds whole records; `name` is called with the number of the first. Throws Node's own errors, and
   *  has then added nothing. */
  append(bytes: Uint8Array, name: (first: number) => NamedEntry[]): Promise<NamedEntry[]>
}

const ending = '.jsonl'
export const isPart = (fileName: string) => fileName.endsWith(ending)
export const partPaths = (folder: string, fileName: string) => ({
  index: join(folder, fileName),
  records: join(folder, `${fileName.slice(0, -ending.length)}.bin`),
})
type PartPaths = ReturnType<typeof partPaths>

const sumDigits = 16
export const checksumOf = (record: Uint8Array) =>
  createHash('sha256').update(record).digest('hex').slice(0, sumDigits)

export const encodeLine = (entry: NamedEntry) => `${seal(entry)}\n`

/** The entries of the lines that can be read and whose record is there. `whole`: complete records on the
 *  disk; `next`: the first number above all that are named. */
export function readLines(bytes: Buffer, whole: number) {
  const entries = new Map<string, Entry>()
  let next = 0
  for (const text of bytes.toString('utf8').split('\n')) {
    const line = text === '' ? null : lineOf(text)
    if (!line) continue
    next = Math.max(next, line.record + 1)
    if (line.record < whole)
      entries.set(line.hash, { record: line.record, checksum: line.checksum })
  }
  return { entries, next }
}

function lineOf(text: string): NamedEntry | null {
  try {
    const { hash, record, checksum } = unseal(text) as Partial<NamedEntry>
    return typeof hash === 'string' && Number.isSafeInteger(record) && typeof checksum === 'string'
      ? { hash, record: record!, checksum }
      : null
  } catch {
    return null
  }
}

/** Null where another process has claimed it to write, or where there is nothing to read. Throws Node's
 *  own errors. */
export function openPart(paths: PartPaths, bytesPerRecord: number): Promise<PartReader | null>
export function openPart(
  paths: PartPaths,
  bytesPerRecord: number,
  options: { readonly toWrite: true },
): Promise<PartWriter | null>
export async function openPart(
  paths: PartPaths,
  bytesPerRecord: number,
  { toWrite = false } = {},
): Promise<PartReader | null> {
  return toWrite ? openToWrite(paths, bytesPerRecord) : openToRead(paths, bytesPerRecord)
}

async function openToRead({ index, records }: PartPaths, bytesPerRecord: number) {
  const handle = await open(records, 'r').catch(() => null)
  if (!handle) return null
  try {
    // The index first: a record is there before a line names it.
    const lines = await readFile(index)
    const { size } = await handle.stat()
    const { entries } = readLines(lines, Math.floor(size / bytesPerRecord))
    return {
      entries,
      async read(target: Uint8Array, position: number) {
        for (let done = 0; done < target.length;) {
          const left = target.length - done
          const { bytesRead } = await handle.read(target, done, left, position + done)
          if (bytesRead === 0) throw new Error(`${records} is too short`)
          done += bytesRead
        }
      },
      close: () => handle.close(),
    }
  } catch {
    await handle.close()
    return null
  }
}

async function openToWrite(paths: PartPaths, bytesPerRecord: number): Promise<PartWriter | null> {
  const held = await claim(paths.records)
  if (!held) return null
  const opened: { close(): Promise<void> }[] = []
  const close = async () => {
    await Promise.all(opened.map((file) => file.close()))
    await held.release()
  }
  try {
    const records = await openGrowing(paths.records)
    opened.push(records)
    const index = await openGrowing(paths.index)
    opened.push(index)
    const lines = Buffer.alloc(index.size)
    await index.read(lines, 0)
    const { entries, next: named } = readLines(lines, Math.floor(records.size / bytesPerRecord))
    let next = Math.max(named, Math.ceil(records.size / bytesPerRecord))
    const endsWithLine = lines.length === 0 || lines[lines.length - 1] === 0x0a
    let begin = endsWithLine ? '' : '\n'
    return {
      entries,
      read: (target, position) => records.read(target, position),
      async append(bytes, name) {
        const added = name(next)
        // Fills what an interruption left of an incomplete record.
        if (records.size < next * bytesPerRecord) await records.cut(next * bytesPerRecord)
        await records.append(bytes, { sync: true })
        try {
          await index.append(Buffer.from(begin + added.map(encodeLine).join('')), { sync: false })
        } catch (error) {
          await records.cut(next * bytesPerRecord).catch(() => undefined)
          throw error
        }
        begin = ''
        next += added.length
        return added
      },
      close,
    }
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
}

/** Null where it is damaged or cannot be read. */
export function readRecord(
  { path, record, checksum }: Entry & { readonly path: string },
  bytes: number,
): Float32Array | null {
  const values = new Float32Array(bytes / 4)
  const target = new Uint8Array(values.buffer)
  try {
    const file = openSync(path, 'r')
    try {
      readSync(file, target, { position: record * bytes })
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
  return checksumOf(target) === checksum ? values : null
}
