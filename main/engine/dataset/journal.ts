// The durable list of edits: one JSON line each in labels.jsonl, on the disk before append answers.
// Now and then the whole state goes into labels.snapshot.json (replaced atomically) and the lines
// begin anew. Lines carry a number, so a stop between those two steps repeats nothing. A line that
// was cut off was never answered: it is dropped on opening.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { Failure } from '../../../shared/failure'
import { openGrowing, type GrowingFile } from './growingFile'

export interface Journal {
  /** Lines since the latest snapshot. */
  readonly length: number
  /** Resolves once the edit is on the disk. Throws 'disk-full' or 'not-writable'; it is then not
   *  part of the journal. */
  append(edit: unknown): Promise<void>
  /** Stores the state after everything appended so far, and forgets the lines before it. */
  snapshot(state: unknown): Promise<void>
  close(): Promise<void>
}
export interface Opened {
  readonly journal: Journal
  /** The latest snapshot, or null when there is none. */
  readonly snapshot: unknown
  /** The edits since, in order. */
  readonly edits: readonly unknown[]
}

const newline = 0x0a

export async function openJournal(folder: string): Promise<Opened> {
  const path = join(folder, 'labels.jsonl')
  const snapshotPath = join(folder, 'labels.snapshot.json')
  const file = await mkdir(folder, { recursive: true })
    .then(() => openGrowing(path))
    .catch((error: unknown) => {
      throw writeFailure(path, error)
    })
  const stored = await readSnapshot(snapshotPath)
  const bytes = Buffer.alloc(file.size)
  await file.read(bytes, 0)
  const { lines, good } = readLines(bytes)
  const edits = lines.filter((line) => line.n > stored.n).map((line) => line.edit)
  if (good < bytes.length) {
    // More than one line lost means a damaged disk, not a stop: keep what cannot be read.
    const lost = bytes.subarray(good)
    if (lost.indexOf(newline) !== -1) await writeFile(`${path}.damaged`, lost)
    await file.cut(good)
  }
  const last = Math.max(stored.n, lines[lines.length - 1]?.n ?? 0)
  const journal = journalOn({ file, path, snapshotPath, last, length: edits.length })
  return { journal, snapshot: stored.state, edits }
}

interface Start {
  readonly file: GrowingFile
  readonly path: string
  readonly snapshotPath: string
  readonly last: number
  readonly length: number
}

function journalOn({ file, path, snapshotPath, ...start }: Start): Journal {
  let { last, length } = start
  let queue: Promise<void> = Promise.resolve()
  const serially = (work: () => Promise<void>): Promise<void> => {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }
  const write = async (edit: unknown) => {
    const line = Buffer.from(`${JSON.stringify({ n: last + 1, edit })}\n`)
    try {
      await file.append(line, { sync: true })
    } catch (error) {
      throw writeFailure(path, error)
    }
    last++
    length++
  }
  const store = async (state: unknown) => {
    try {
      await writeFileAtomic(snapshotPath, JSON.stringify({ n: last, state }))
      await file.cut(0)
    } catch (error) {
      throw writeFailure(snapshotPath, error)
    }
    length = 0
  }
  return {
    get length() {
      return length
    },
    append: (edit) => serially(() => write(edit)),
    snapshot: (state) => serially(() => store(state)),
    close: () => serially(() => file.close()),
  }
}

/** The numbered lines from the front that can be read, and the byte after the last of them. */
function readLines(bytes: Buffer) {
  const lines: { n: number; edit: unknown }[] = []
  let good = 0
  for (;;) {
    const end = bytes.indexOf(newline, good)
    if (end === -1) return { lines, good }
    const line = readLine(bytes.toString('utf8', good, end))
    if (!line) return { lines, good }
    lines.push(line)
    good = end + 1
  }
}

function readLine(text: string) {
  try {
    const line: unknown = JSON.parse(text)
    if (typeof line !== 'object' || line === null || !('n' in line) || !('edit' in line))
      return null
    return typeof line.n === 'number' ? { n: line.n, edit: line.edit } : null
  } catch {
    return null
  }
}

async function readSnapshot(path: string): Promise<{ n: number; state: unknown }> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  if (text === null) return { n: 0, state: null }
  const stored: unknown = JSON.parse(text)
  if (typeof stored !== 'object' || stored === null || !('n' in stored) || !('state' in stored))
    throw new Failure('file-unreadable', { path, reason: 'it is no snapshot of labels' })
  return { n: Number(stored.n), state: stored.state }
}

function ignoreMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

/** A full disk and a folder that refuses are for the person to solve. */
export function writeFailure(path: string, error: unknown): Error {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Failure('disk-full', { path })
  const refused: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the disk is read-only',
    ENOENT: 'the folder is missing',
    EIO: 'the disk reports an error',
  }
  const reason = refused[code]
  if (reason) return new Failure('not-writable', { path, reason })
  return error instanceof Error ? error : new Error(String(error))
}
