// The durable list of edits: one JSON line each in labels.jsonl, on the disk before `append` resolves.
// From time to time the whole state is written to labels.snapshot.jsonl while edits continue: the lines
// so far are renamed to labels.previous.jsonl, the snapshot is written to a temporary name and renamed,
// then those lines are deleted. Each line has a number, and a snapshot the number of the last line in
// it, so a stop between any two of these steps loses and repeats nothing. An incomplete last line was
// never acknowledged: it is dropped.
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { errorCode, writeFailure } from '../../files/fileFailures'
import { openGrowing, type GrowingFile } from '../../files/growingFile'
import { createSerialQueue } from '../../files/serialQueue'

export interface Journal {
  /** Lines and bytes since the latest snapshot. */
  readonly length: number
  readonly bytes: number
  /** Resolves once the edit is on the disk; with `sync` false it survives a crash of this process, but
   *  not always a loss of power.
   *  @throws {Failure} disk-full or not-writable; it is then not part of the journal */
  append(edit: unknown, options?: { readonly sync: boolean }): Promise<void>
  /** Stores the state after everything appended so far, one value a line, and deletes the lines before
   *  it. Edits may be appended meanwhile, but only one snapshot is written at a time. */
  snapshot(state: Iterable<unknown>): Promise<void>
  close(): Promise<void>
}
export interface Opened {
  readonly journal: Journal
  /** The lines of the latest snapshot, or null when there is none. */
  readonly snapshot: readonly unknown[] | null
  /** The edits since, in order. */
  readonly edits: readonly unknown[]
}

const newline = 0x0a

export async function openJournal(folder: string): Promise<Opened> {
  const paths = {
    lines: join(folder, 'labels.jsonl'),
    previous: join(folder, 'labels.previous.jsonl'),
    snapshot: join(folder, 'labels.snapshot.jsonl'),
    firstSnapshot: join(folder, 'labels.snapshot.json'),
  }
  const written = await readSnapshot(paths.snapshot)
  const stored = written.lines ? written : await readFirstSnapshot(paths.firstSnapshot)
  const file = await mkdir(folder, { recursive: true })
    .then(() => openGrowing(paths.lines))
    .catch((error: unknown) => {
      throw writeFailure(paths.lines, error)
    })
  const before = readLines((await readFile(paths.previous).catch(ignoreMissing)) ?? Buffer.alloc(0))
  const bytes = Buffer.alloc(file.size)
  await file.read(bytes, 0)
  const { lines, good } = readLines(bytes)
  const all = [...before.lines, ...lines]
  const edits = all.filter((line) => line.n > stored.n).map((line) => line.edit)
  if (good < bytes.length) {
    // More than one line lost means a damaged disk, not a stop: keep what cannot be read.
    const lost = bytes.subarray(good)
    if (lost.indexOf(newline) !== -1) await writeFile(`${paths.lines}.damaged`, lost)
    await file.cut(good)
  }
  const last = Math.max(stored.n, all[all.length - 1]?.n ?? 0)
  const journal = journalOn({ file, paths, last, length: edits.length })
  return { journal, snapshot: stored.lines, edits }
}

interface Start {
  readonly file: GrowingFile
  readonly paths: { readonly lines: string; readonly previous: string; readonly snapshot: string }
  readonly last: number
  readonly length: number
}

function journalOn({ paths, ...start }: Start): Journal {
  let { file, last, length } = start
  const queue = createSerialQueue()
  const write = async (edit: unknown, sync: boolean) => {
    const line = Buffer.from(`${JSON.stringify({ n: last + 1, edit })}\n`)
    await file.append(line, { sync })
    last++
    length++
  }
  /** Starts a new file of lines and answers with the number of the last line before it. Where earlier
   *  lines still wait for their snapshot, the file goes on: this snapshot covers both. */
  const turnOver = async () => {
    if (!(await exists(paths.previous))) {
      await file.close()
      await rename(paths.lines, paths.previous)
      file = await openGrowing(paths.lines)
    }
    length = 0
    return last
  }
  return {
    get length() {
      return length
    },
    get bytes() {
      return file.size
    },
    append: (edit, { sync } = { sync: true }) =>
      queue
        .run(() => write(edit, sync))
        .catch((error: unknown) => {
          throw writeFailure(paths.lines, error)
        }),
    async snapshot(state) {
      try {
        const n = await queue.run(turnOver)
        await writeSnapshot(paths.snapshot, n, state)
        await rm(paths.previous, { force: true })
      } catch (error) {
        throw writeFailure(paths.snapshot, error)
      }
    },
    close: () => queue.run(() => file.close()),
  }
}

/** Writes line by line, so that other work can run in between; the old snapshot stays until the end. */
async function writeSnapshot(path: string, n: number, state: Iterable<unknown>) {
  const half = `${path}.half`
  const handle = await open(half, 'w')
  try {
    let count = 0
    for (const line of state) {
      await handle.appendFile(`${JSON.stringify(line)}\n`)
      count++
    }
    await handle.appendFile(`${JSON.stringify({ n, lines: count })}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(half, path)
}

/** The numbered lines up to the first that cannot be read, and the byte after the last of them. */
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

interface Stored {
  readonly n: number
  readonly lines: readonly unknown[] | null
}

async function readSnapshot(path: string): Promise<Stored> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  if (text === null) return { n: 0, lines: null }
  try {
    const lines: unknown[] = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    const end = lines.pop() as { n: number; lines: number }
    if (end.lines === lines.length && typeof end.n === 'number') return { n: end.n, lines }
  } catch {
    // Falls through to the failure below.
  }
  throw new Failure('file-unreadable', { path, reason: reason('labels-damaged') })
}

/** The snapshot of the first version of Restage: the whole state as one value. It is never deleted, and
 *  is read until there is a snapshot in today's format. */
async function readFirstSnapshot(path: string): Promise<Stored> {
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

function ignoreMissing(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null
  throw error
}

const exists = async (path: string) => (await stat(path).catch(ignoreMissing)) !== null
