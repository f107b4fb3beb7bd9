// The durable list of edits: one line each in labels.jsonl (journalLines.ts), on the disk before `append`
// resolves. From time to time the whole state is written to labels.snapshot.jsonl while edits continue:
// the lines so far are renamed to labels.previous.jsonl, the snapshot is written to a temporary name and
// renamed, then those lines are deleted. Each line has a number, and a snapshot the number of the last
// line in it, so a stop between any two of these steps loses and repeats nothing. An incomplete last line
// was never acknowledged: it is dropped. What is damaged, and all that follows it, is moved into a file
// beside.
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { ignoreMissing, readFailure, writeFailure } from '../../files/fileFailures'
import { openGrowing, type GrowingFile } from '../../files/growingFile'
import { keepBeside } from '../../files/keepBeside'
import { createSerialQueue } from '../../files/serialQueue'
import { makeFolder, syncFolder } from '../../files/wholeFiles'
import { encodeLine, readJournalLines } from './journalLines'
import { readFirstSnapshot, readSnapshot, writeSnapshot } from './snapshotFile'

export interface Journal {
  /** Lines and bytes since the latest snapshot. */
  readonly length: number
  readonly bytes: number
  /** Resolves once the edit is on the disk; with `sync` false it survives a crash of this process, but
   *  not always a loss of power.
   *  @throws {Failure} disk-full or not-writable; it is then not part of the journal */
  append(edit: unknown, options?: { readonly sync: boolean }): Promise<void>
  /** Stores the state after everything appended so far, one value a line, and deletes the lines before
   *  it. Edits may be appended meanwhile, but only one snapshot is written at a time.
   *  @throws {Failure} disk-full or not-writable; the lines then stay, and edits can go on */
  snapshot(state: Iterable<unknown>): Promise<void>
  close(): Promise<void>
}
export interface Opened {
  readonly journal: Journal
  /** The lines of the latest snapshot, or null when there is none. */
  readonly snapshot: readonly unknown[] | null
  /** The edits since, in order. */
  readonly edits: readonly unknown[]
  readonly damage: JournalDamage | null
}
export interface JournalDamage {
  /** The file that holds what could not be read, and all lines after it. */
  readonly kept: string
  /** How many lines that are. */
  readonly lines: number
}

interface Paths {
  readonly folder: string
  readonly lines: string
  readonly previous: string
  readonly snapshot: string
}

/** @throws {Failure} disk-full, not-writable, or file-unreadable where the snapshot is damaged or edits
 *  after it are missing; nothing is changed then */
export async function openJournal(folder: string): Promise<Opened> {
  const paths: Paths = {
    folder,
    lines: join(folder, 'labels.jsonl'),
    previous: join(folder, 'labels.previous.jsonl'),
    snapshot: join(folder, 'labels.snapshot.jsonl'),
  }
  const written = await readSnapshot(paths.snapshot).catch(unreadable(paths.snapshot))
  const firstSnapshot = join(folder, 'labels.snapshot.json')
  const stored = written.lines
    ? written
    : await readFirstSnapshot(firstSnapshot).catch(unreadable(firstSnapshot))
  const before =
    (await readFile(paths.previous).catch(ignoreMissing).catch(unreadable(paths.previous))) ??
    Buffer.alloc(0)
  const file = await makeFolder(folder)
    .then(() => openGrowing(paths.lines))
    .catch((error: unknown) => {
      throw writeFailure(paths.lines, error)
    })
  try {
    const bytes = Buffer.alloc(file.size)
    await file.read(bytes, 0).catch(unreadable(paths.lines))
    const files = [before, bytes]
    const { lines, damagedAt, isGap, end } = readJournalLines(files, stored.n)
    if (isGap && lines.length === 0)
      throw new Failure('file-unreadable', {
        path: paths.lines,
        reason: reason('edits-missing'),
      })
    const damage = damagedAt === null ? null : await putAside(paths, { file, files, at: damagedAt })
    if (end - before.length < file.size) await file.cut(Math.max(0, end - before.length))
    const last = Math.max(stored.n, lines[lines.length - 1]?.n ?? 0)
    const journal = journalOn({ file, paths, last, length: lines.length })
    return { journal, snapshot: stored.lines, edits: lines.map(({ edit }) => edit), damage }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw writeFailure(paths.lines, error)
  }
}

interface Damaged {
  readonly file: GrowingFile
  /** The bytes of the previous lines and of the lines. */
  readonly files: readonly Buffer[]
  /** Where the damage begins in all of them. */
  readonly at: number
}

/** Moves the lines from the damage on into a file beside. Where it stops half-way, the damage is found
 *  and kept again. */
async function putAside(paths: Paths, { file, files, at }: Damaged): Promise<JournalDamage> {
  const rest = Buffer.concat(files).subarray(at)
  const kept = await keepBeside(paths.lines, rest)
  const before = files[0]!.length
  await file.cut(Math.max(0, at - before))
  await file.sync()
  if (at < before) {
    const previous = await openGrowing(paths.previous)
    try {
      await previous.cut(at)
      await previous.sync()
    } finally {
      await previous.close()
    }
  }
  return { kept, lines: rest.toString('utf8').split('\n').filter(Boolean).length }
}

interface Start {
  readonly file: GrowingFile
  readonly paths: Paths
  readonly last: number
  readonly length: number
}

function journalOn({ paths, ...start }: Start): Journal {
  let { file, last, length } = start
  /** The lines were renamed, and the file for later ones could not be opened yet. */
  let isHalfTurned = false
  const queue = createSerialQueue()
  const write = async (edit: unknown, sync: boolean) => {
    await file.append(encodeLine({ n: last + 1, edit }), { sync })
    last++
    length++
  }
  /** Starts a new file of lines and answers with the number of the last line before it. Where earlier
   *  lines still wait for their snapshot, the file goes on: this snapshot covers both. Where it fails,
   *  edits go on in the file that is open, whatever its name. */
  const turnOver = async () => {
    if (!isHalfTurned && (await exists(paths.lines)) && !(await exists(paths.previous))) {
      // A line after these must never be on the disk without them.
      await file.sync()
      await rename(paths.lines, paths.previous)
    }
    // Looked for rather than remembered: a renaming that reported an error may have happened.
    isHalfTurned ||= !(await exists(paths.lines))
    if (isHalfTurned) {
      await syncFolder(paths.folder)
      const before = file
      file = await openGrowing(paths.lines)
      isHalfTurned = false
      await before.close().catch(() => undefined)
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

const unreadable = (path: string) => (error: unknown) => {
  throw error instanceof Failure ? error : readFailure(path, error)
}

const exists = async (path: string) => (await stat(path).catch(ignoreMissing)) !== null
