// The central directory of a zip, for archives whose entries are stored and not compressed, as
// PyTorch writes them: an entry is then a view on the file. zip64 fields are followed. Every
// offset is checked against the file before it is used. Format: PKWARE's APPNOTE, sections 4.3
// and 4.5.
import { Failure } from '../../../../shared/failure'

const endSignature = 0x06054b50
const end64LocatorSignature = 0x07064b50
const end64Signature = 0x06064b50
const directorySignature = 0x02014b50
const localSignature = 0x04034b50
const endLength = 22
const largestComment = 0xffff
const largestEntryCount = 1_000_000

/** Entry name -> its bytes, as views. Throws weights-format, weights-truncated. */
export function readStoredZip(bytes: Uint8Array, path: string): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = new Map<string, Uint8Array>()
  try {
    const { count, directoryAt } = findDirectory(view, path)
    let at = directoryAt
    for (let i = 0; i < count; i++) {
      const entry = readEntry(view, bytes, { at, path })
      entries.set(entry.name, entry.data)
      at = entry.next
    }
  } catch (error) {
    // DataView throws RangeError where an offset leads out of the file.
    if (error instanceof RangeError) throw cut(path, 'its table of contents leads out of the file')
    throw error
  }
  return entries
}

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
    if (count > largestEntryCount) throw wrong(path, 'it claims an impossible number of entries')
    return { count, directoryAt }
  }
  throw cut(path, 'its table of contents is missing')
}

function findDirectory64(view: DataView, locatorAt: number, path: string) {
  const at = Number(view.getBigUint64(locatorAt + 8, true))
  if (view.getUint32(at, true) !== end64Signature)
    throw wrong(path, 'its zip64 end is not where it says')
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    directoryAt: Number(view.getBigUint64(at + 48, true)),
  }
}

function readEntry(view: DataView, bytes: Uint8Array, { at, path }: { at: number; path: string }) {
  if (view.getUint32(at, true) !== directorySignature)
    throw wrong(path, 'its table of contents is damaged')
  const nameLength = view.getUint16(at + 28, true)
  const extraLength = view.getUint16(at + 30, true)
  const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true)
  const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8')
  if (view.getUint16(at + 8, true) & 1) throw wrong(path, `${name} is encrypted`)
  if (view.getUint16(at + 10, true) !== 0) throw wrong(path, `${name} is compressed`)

  const extra = { at: at + 46 + nameLength, length: extraLength }
  const [size, localAt] = wideFields(view, extra, [
    view.getUint32(at + 24, true), // size
    view.getUint32(at + 20, true), // compressed size, equal to it where nothing is compressed
    view.getUint32(at + 42, true), // where the entry's own header is
  ])
  if (view.getUint32(localAt, true) !== localSignature)
    throw wrong(path, `${name} is not where it says`)
  const begin =
    localAt + 30 + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true)
  if (begin + size > bytes.length) throw cut(path, `${name} is incomplete`)
  return { name, data: bytes.subarray(begin, begin + size), next }
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

const wrong = (path: string, reason: string) => new Failure('weights-format', { path, reason })
const cut = (path: string, reason: string) => new Failure('weights-truncated', { path, reason })
