// Whether a file on this computer is the published one. Hashing takes about a second for 250 MB, so it
// is done once per start; afterwards size and time of change answer for the content.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { hashFile } from '../files/hashFile'
import type { Checksum } from '../files/wholeFiles'

interface Verified {
  /** Size and time of change of the file that was hashed, and the checksum it was held against. */
  readonly stamp: string
  readonly matches: Promise<boolean>
}

const verified = new Map<string, Verified>()

/** False also where no file is, or where it cannot be read. */
export async function isPublishedFile(path: string, checksum: Checksum): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) return false
  const stamp = `${found.size} ${found.mtimeMs} ${found.ino} ${checksum.digits}`
  const known = verified.get(path)
  if (known?.stamp === stamp) return known.matches
  const matches = matchesChecksum(path, checksum)
  verified.set(path, { stamp, matches })
  return matches
}

async function matchesChecksum(path: string, { algorithm, digits }: Checksum): Promise<boolean> {
  const hash = await hashFile(path, createHash(algorithm)).catch(() => undefined)
  return hash !== undefined && hash.digest('hex').startsWith(digits)
}
