// Hashes of whole files, read as a stream.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFailure } from './fileFailures'

const chunk = 256 * 1024

/** Adds a whole file to `hash`. Throws Node's own errors. */
export async function hashFile(path: string, hash: Hash): Promise<Hash> {
  for await (const part of createReadStream(path, { highWaterMark: chunk }))
    hash.update(part as Buffer)
  return hash
}

/** SHA-256 in 64 lower-case hex digits.
 *  @throws {Failure} file-missing, file-unreadable */
export async function sha256OfFile(path: string): Promise<string> {
  try {
    return (await hashFile(path, createHash('sha256'))).digest('hex')
  } catch (error) {
    throw readFailure(path, error)
  }
}
