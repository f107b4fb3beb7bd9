// Reads and writes whole files. A file is read into one buffer, so that tensors can be views on it. A
// file is written under a temporary name and renamed once every byte is on the disk, so that a target
// is never half-written.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Failure } from '../../../shared/failure'
import { reason } from '../../../shared/reason'
import { readFailure, writeFailure } from './fileFailures'

// The largest ResNet is 0.25 GB; above this nothing that is read can be ours.
const largestFile = 2 ** 31 - 1
const chunk = 4 * 1024 * 1024
const headBytes = 256

export interface FileBytes {
  readonly bytes: Uint8Array
  /** SHA-256 in hex; empty when it was not asked for. */
  readonly sha256: string
}

/** Reads a file of at most 2 GB.
 *  @throws {Failure} file-missing, file-unreadable, weights-format, weights-truncated */
export async function readFileBytes(path: string, withHash: boolean): Promise<FileBytes> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw readFailure(path, error)
  })
  try {
    const information = await file.stat()
    if (!information.isFile())
      throw new Failure('weights-format', { path, reason: reason('no-file') })
    if (information.size > largestFile) {
      throw new Failure('weights-format', { path, reason: reason('over-2-gb') })
    }
    const bytes = new Uint8Array(information.size)
    const hash = createHash('sha256')
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(
        bytes,
        filled,
        Math.min(chunk, bytes.length - filled),
        filled,
      )
      if (bytesRead === 0)
        throw new Failure('weights-truncated', { path, reason: reason('file-shrank') })
      if (withHash) hash.update(bytes.subarray(filled, filled + bytesRead))
      filled += bytesRead
    }
    return { bytes, sha256: withHash ? hash.digest('hex') : '' }
  } catch (error) {
    throw error instanceof Failure ? error : readFailure(path, error as NodeJS.ErrnoException)
  } finally {
    await closeRead(file)
  }
}

/** The first bytes of a file, enough to tell its format, and the file's size.
 *  @throws {Failure} file-missing, file-unreadable */
export async function fileHead(path: string): Promise<{ bytes: Uint8Array; size: number }> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw readFailure(path, error)
  })
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(headBytes), 0, headBytes, 0)
    return { bytes: buffer.subarray(0, bytesRead), size: (await file.stat()).size }
  } catch (error) {
    throw readFailure(path, error as NodeJS.ErrnoException)
  } finally {
    await closeRead(file)
  }
}

/** What closing a file that was only read reports changes nothing of what was read. */
const closeRead = (file: FileHandle) => file.close().catch(() => undefined)

/** As a publisher gives it: all hex digits, or the first eight at least. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'md5'
  readonly digits: string
}

/** Writes all parts one after the other, then renames; both are on the disk when it answers.
 *  @throws {Failure} disk-full, not-writable */
export async function writeFileAtomically(
  path: string,
  parts: Iterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`
  try {
    const file = await open(temporary, 'wx')
    try {
      for (const part of parts) await file.writeFile(part)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw writeFailure(path, error)
  }
}

/** Makes a folder with those above it; all new names are on the disk when it resolves.
 *  @throws {Failure} disk-full, not-writable */
export async function makeFolder(folder: string): Promise<void> {
  try {
    const first = await mkdir(folder, { recursive: true })
    if (first === undefined) return
    const top = dirname(resolve(first))
    for (let at = resolve(folder); at !== top; at = dirname(at)) await syncFolder(at)
    await syncFolder(top)
  } catch (error) {
    throw writeFailure(folder, error)
  }
}

/** Puts a folder's entries on the disk. Windows does so by itself, and cannot open folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The bytes of a tensor's values, as a view on them. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)
