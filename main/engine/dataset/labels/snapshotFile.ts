// The snapshot of the labels: one JSON value a line, and a last line {"n","lines","sum"} with the number of
// the last edit in it, the number of lines before and a checksum over the whole file.
import { createHash } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { ignoreMissing } from '../../files/fileFailures'
import { seal } from '../../files/sealedJson'
import { syncFolder } from '../../files/wholeFiles'
import { unsealedFields } from './journalLines'

export interface StoredSnapshot {
  /** Number of the last edit in it; 0: there is none. */
  readonly n: number
  readonly lines: readonly unknown[] | null
}

/** Writes line by line, so that other work can run in between. The old snapshot stays until the new one
 *  is on the disk; when this resolves, the new one has its name there. */
export async function writeSnapshot(path: string, n: number, state: Iterable<unknown>) {
  const half = `${path}.half`
  try {
    const handle = await open(half, 'w')
    try {
      let count = 0
      const hash = createHash('sha256')
      for (const line of state) {
        const text = `${JSON.stringify(line)}\n`
        hash.update(text)
        await handle.appendFile(text)
        count++
      }
      await handle.appendFile(`${seal({ n, lines: count }, { before: hash.digest() })}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(half, path)
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(path))
}

/** @throws {Failure} file-unreadable when it is damaged */
export async function readSnapshot(path: string): Promise<StoredSnapshot> {
  const bytes = await readFile(path).catch(ignoreMissing)
  if (bytes === null) return { n: 0, lines: null }
  const stored = parseSnapshot(bytes)
  if (stored) return stored
  throw new Failure('file-unreadable', { path, reason: reason('labels-damaged') })
}

function parseSnapshot(bytes: Buffer): StoredSnapshot | null {
  const lastLine = bytes.lastIndexOf('\n', -2) + 1
  const before = bytes.subarray(0, lastLine)
  const end = unsealedFields(
    bytes.toString('utf8', lastLine).replace(/\n$/, ''),
    ['n', 'lines'],
    createHash('sha256').update(before).digest(),
  )
  if (!end) return null
  const { n, lines: count } = end.value
  try {
    const lines: unknown[] = before
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    return typeof n === 'number' && count === lines.length ? { n, lines } : null
  } catch {
    return null
  }
}

/** The snapshot of the first version of Restage: the whole state as one value. It is never deleted, and
 *  is read until there is a snapshot in today's format.
 *  @throws {Failure} file-unreadable when it is damaged */
export async function readFirstSnapshot(path: string): Promise<StoredSnapshot> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  if (text === null) return { n: 0, lines: null }
  try {
    const { n, state } = JSON.parse(text) as { n: unknown; state: unknown }
    if (typeof n === 'number' && typeof state === 'object' && state !== null)
      return { n, lines: [state] }
  } catch {
    // Falls through to the failure below.
  }
  throw new Failure('file-unreadable', { path, reason: reason('labels-damaged') })
}
