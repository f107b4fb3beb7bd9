// The lines of the journal: {"n":12,"edit":{...},"sum":"16 hexadecimal digits"}. `n` counts the edits
// from 1 on, `sum` is the beginning of the SHA-256 of the line without it. Lines of earlier versions have
// no sum; after the first line that has one, every line must.
import { seal, unsealed } from '../../files/sealedJson'

export interface JournalLine {
  readonly n: number
  readonly edit: unknown
}

const newline = 0x0a
const lineBegins = '{"n":'
/** An object with exactly these fields, and whether it had a checksum; null where the checksum is wrong, or
 *  it is another text. `before`: bytes that the checksum covers besides. */
export function unsealedFields<Name extends string>(
  text: string,
  names: readonly Name[],
  before?: Uint8Array,
): { readonly value: Readonly<Record<Name, unknown>>; readonly sealed: boolean } | null {
  try {
    const { value, sealed } = unsealed(text, before)
    const isRight = typeof value === 'object' && value !== null
    return isRight && Object.keys(value).join() === names.join()
      ? { value: value as Record<Name, unknown>, sealed }
      : null
  } catch {
    return null
  }
}

export const encodeLine = ({ n, edit }: JournalLine) => Buffer.from(`${seal({ n, edit })}\n`)

export interface ReadLines {
  /** The edits after line `after`, without a gap in their numbers. */
  readonly lines: readonly JournalLine[]
  /** Where the first line begins that does not continue them, in the bytes of all files together; null
   *  where every line does. */
  readonly damagedAt: number | null
  /** Whether that line can be read: lines before it are missing. */
  readonly isGap: boolean
  /** Where the last complete line ends; what follows was being written when the process stopped. */
  readonly end: number
}

interface Piece {
  readonly start: number
  /** Null: it cannot be read. */
  readonly line: JournalLine | null
}

/** Reads the lines after number `after`, which a snapshot covers, from files that follow each other.
 *  Damage among the lines that it covers is of no concern. */
export function readJournalLines(files: readonly Buffer[], after: number): ReadLines {
  const { pieces, end } = split(files)
  const lines: JournalLine[] = []
  let next = after + 1
  let seen = 0
  for (const [i, { start, line }] of pieces.entries()) {
    if (line && line.n <= after) {
      seen = line.n
    } else if (line) {
      if (line.n !== next) return { lines, damagedAt: start, isGap: true, end }
      lines.push(line)
      seen = next++
    } else {
      // The next readable line tells whether an edit is lost here; at the end, the line before does.
      const following = pieces.slice(i + 1).find((piece) => piece.line)?.line
      const isLost = following ? following.n !== next && following.n > after : seen >= after
      if (isLost) return { lines, damagedAt: start, isGap: false, end }
      seen++
    }
  }
  return { lines, damagedAt: null, isGap: false, end }
}

function split(files: readonly Buffer[]): {
  readonly pieces: readonly Piece[]
  readonly end: number
} {
  const pieces: Piece[] = []
  let sealed = false
  let offset = 0
  let end = 0
  const take = (text: string, start: number) => {
    const read = lineIn(text)
    const isRight = read !== null && (read.sealed || !sealed)
    if (isRight && read.sealed) sealed = true
    pieces.push({ start, line: isRight ? read.line : null })
  }
  for (const [i, bytes] of files.entries()) {
    let start = 0
    for (let to = bytes.indexOf(newline); to !== -1; to = bytes.indexOf(newline, start)) {
      take(bytes.toString('utf8', start, to), offset + start)
      start = to + 1
    }
    const isLast = i === files.length - 1
    if (start < bytes.length && !(isLast && isUnfinished(bytes.toString('utf8', start)))) {
      pieces.push({ start: offset + start, line: null })
      start = bytes.length
    }
    end = offset + start
    offset += bytes.length
  }
  return { pieces, end }
}

/** Whether a stop leaves such a text: the beginning of a line, or zeros where the power was lost; but not
 *  a whole line with one byte more, whose line break was damaged. */
const isUnfinished = (text: string) =>
  /^\0*$/.test(text) ||
  (lineBegins.startsWith(text.slice(0, lineBegins.length)) && !lineIn(text.slice(0, -1)))

function lineIn(text: string): { readonly line: JournalLine; readonly sealed: boolean } | null {
  const read = unsealedFields(text, ['n', 'edit'])
  if (!read) return null
  const { n, edit } = read.value
  return typeof n === 'number' && Number.isSafeInteger(n) && n > 0
    ? { line: { n, edit }, sealed: read.sealed }
    : null
}
