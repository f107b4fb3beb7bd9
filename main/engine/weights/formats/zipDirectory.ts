// The central directory of a zip, for archives whose entries are stored and not compressed, as
// PyTorch writes them: an entry is then a view on the file. zip64 fields are followed. Every offset is
// checked against the file before it is used, no byte belongs to two entries, and every entry has the
// checksum that the directory promises. Format: PKWARE's APPNOTE, sections 4.3 and 4.5.
import { Failure } from '../../../../shared/failure'
import { reason, type Reason } from '../../../../shared/reason'
import { crc32 } from './crc32'

const endSignature = 0x06054b50
const end64LocatorSignature = 0x07064b50
const end64Signature = 0x06064b50
const directorySignature = 0x02014b50
const localSignature = 0x04034b50
const endLength = 22
const largestComment = 0xffff
/** PyTorch writes one entry per tensor and a few more. */
const largestEntryCount = 50_000

/** Entry name -> its bytes, as views. @throws {Failure} weights-format, weights-truncated */
export function readStoredZip(bytes: Uint8Array, path: string): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = new Map<string, Uint8Array>()
  try {
    const { count, directoryAt } = findDirectory(view, path)
    const found: Entry[] = []
    let at = directoryAt
    for (let i = 0; i < count; i++) {
      const entry = readEntry(view, bytes, { at, path })
      found.push(entry)
      at = entry.next
    }
    checkRanges(found, directoryAt, path)
    for (const { name, data, checksum } of found) {
      if (entries.has(name)) throw wrong(path, reason('zip-twice', { name: printable(name) }))
      if (crc32(data) !== checksum)
        throw wrong(path, reason('zip-damaged', { name: printable(name) }))
      entries.set(name, data)
    }
  } catch (error) {
    // DataView throws RangeError where an offset leads out of the file.
    if (error instanceof RangeError) throw cut(path, reason('zip-contents-outside'))
    throw error
  }
  return entries
}

interface Entry {
  readonly name: string
  readonly data: Uint8Array
  /** Where its local header begins. */
  readonly begin: number
  readonly end: number
  readonly checksum: number
  /** Where the next entry of the directory begins. */
  readonly next: number
}

/** Without this, a small file could name the same bytes as thousands of large tensors. */
function checkRanges(entries: readonly Entry[], directoryAt: number, path: string) {
  let covered = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin)) {
    if (begin < covered || end > directoryAt)
      throw wrong(path, reason('zip-overlap', { name: printable(name) }))
    covered = end
  }
}

// Names are shown to a person: no line breaks, no pages of text.
const printable = (name: string) => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 120)

function findDirectory(view: DataView, path: string) {
  const lowest = Math.max(0, view.byteLength - endLength - largestComment)
  for (let at = view.byteLength - endLength; at >= lowest; at--) {
    if (view.getUint32(at, true) !== endSignature) continue
    if (view.getUint16(at + 20, true) !== view.byteLength - at - endLength) continue
    const found = {
      count: view.getUint16(at + 10, true),
      directoryAt: view.getUint32(at + 16, true),
    }
    const has64 = at >= 20 && view.getUint32(at - 20, true) === end64LocatorSignature
    const { count, directoryAt } = has64 ? findDirectory64(view, at - 20, path) : found
    if (count > largestEntryCount) throw wrong(path, reason('zip-entries'))
    return { count, directoryAt }
  }
  throw cut(path, reason('zip-no-contents'))
}

function findDirectory64(view: DataView, locatorAt: number, path: string) {
  const at = Number(view.getBigUint64(locatorAt + 8, true))
  if (view.getUint32(at, true) !== end64Signature) throw wrong(path, reason('zip-zip64'))
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    directoryAt: Number(view.getBigUint64(at + 48, true)),
  }
}

function readEntry(
  view: DataView,
  bytes: Uint8Array,
  { at, path }: { at: number; path: string },
): Entry {
  if (view.getUint32(at, true) !== directorySignature) throw wrong(path, reason('zip-contents'))
  const nameLength = view.getUint16(at + 28, true)
  const extraLength = view.getUint16(at + 30, true)
  const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true)
  const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8')
  if (view.getUint16(at + 8, true) & 1)
    throw wrong(path, reason('zip-encrypted', { name: printable(name) }))
  if (view.getUint16(at + 10, true) !== 0)
    throw wrong(path, reason('zip-compressed', { name: printable(name) }))

  const extra = { at: at + 46 + nameLength, length: extraLength }
  const [size, localAt] = wideFields(view, extra, [
    view.getUint32(at + 24, true), // size
    view.getUint32(at + 20, true), // compressed size, equal to it where nothing is compressed
    view.getUint32(at + 42, true), // where the entry's own header is
  ])
  if (view.getUint32(localAt, true) !== localSignature)
    throw wrong(path, reason('zip-misplaced', { name: printable(name) }))
  const begin =
    localAt + 30 + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true)
  if (begin + size > bytes.length)
    throw cut(path, reason('part-incomplete', { name: printable(name) }))
  return {
    name,
    data: bytes.subarray(begin, begin + size),
    begin: localAt,
    end: begin + size,
    checksum: view.getUint32(at + 16, true),
    next,
  }
}

// zip64: a field of all ones stands in the extra block 0x0001 instead, in this order, 8 bytes each.
function wideFields(
  view: DataView,
  extra: { readonly at: number; readonly length: number },
  [size, compressed, localAt]: readonly [number, number, number],
): readonly [number, number] {
  const end = extra.at + extra.length
  for (let at = extra.at; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let next = at + 4
    const wide = (narrow: number) => {
      if (narrow !== 0xffffffff) return narrow
      next += 8
      return Number(view.getBigUint64(next - 8, true))
    }
    const wideSize = wide(size)
    wide(compressed)
    return [wideSize, wide(localAt)]
  }
  return [size, localAt]
}

const wrong = (path: string, reason: Reason) => new Failure('weights-format', { path, reason })
const cut = (path: string, reason: Reason) => new Failure('weights-truncated', { path, reason })
