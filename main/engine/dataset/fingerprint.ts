// What a picture is, apart from its name: the SHA-256 of its bytes (equal files, cache keys) and a
// 64-bit outline of what it shows (pictures that look alike). Both are remembered by path, size and
// time of change, in memory and in one file of JSON lines, so that a second look costs a stat.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { Failure } from '../../../shared/failure'
import { decodeGrey } from './decode'

/** 64 bits as two unsigned 32-bit halves: whether each cell of an 8 x 8 grid is darker than its
 *  right neighbour (a difference hash of a 9 x 8 grey picture). */
export type Outline = readonly [high: number, low: number]

export interface Fingerprints {
  /** SHA-256 in lower-case hex. Throws 'file-missing', 'file-unreadable'. */
  hash(path: string): Promise<string>
  outline(path: string): Promise<Outline>
  /** Writes what was learnt to the disk. */
  flush(): Promise<void>
}

const Line = z.object({
  path: z.string(),
  stamp: z.string(),
  hash: z.string().optional(),
  outline: z.tuple([z.number(), z.number()]).optional(),
})
type Line = z.infer<typeof Line>

/** SHA-256 of a file in lower-case hex, read as a stream. Throws 'file-missing', 'file-unreadable'. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), hash)
  } catch (error) {
    throw readFailure(path, error)
  }
  return hash.digest('hex')
}

/** Cells that differ by no more count as equal: compression alone does as much to a clear sky. */
const flat = 2

export async function outlineOf(path: string): Promise<Outline> {
  const grey = await decodeGrey(path, 9, 8)
  const halves: [number, number] = [0, 0]
  for (let i = 0; i < 64; i++) {
    const at = (i >> 3) * 9 + (i & 7)
    if (grey[at]! + flat < grey[at + 1]!) halves[i >> 5] = halves[i >> 5]! | (1 << (i & 31))
  }
  return [halves[0] >>> 0, halves[1] >>> 0]
}

/** `file` holds what was learnt before; lines that cannot be read are passed over. */
export async function openFingerprints(file: string): Promise<Fingerprints> {
  const known = new Map<string, Line>()
  const fresh = new Map<string, Line>()
  for (const line of await readLines(file))
    known.set(line.path, { ...known.get(line.path), ...line })

  const remembered = async (path: string) => {
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw readFailure(path, error)
    })
    const stamp = `${size}-${mtimeMs}`
    const line = known.get(path)
    return line?.stamp === stamp ? line : { path, stamp }
  }
  const learn = (line: Line) => {
    const before = known.get(line.path)
    const merged = before?.stamp === line.stamp ? { ...before, ...line } : line
    known.set(line.path, merged)
    fresh.set(line.path, merged)
  }
  return {
    async hash(path) {
      const line = await remembered(path)
      const hash = line.hash ?? (await hashFile(path))
      if (!line.hash) learn({ path, stamp: line.stamp, hash })
      return hash
    },
    async outline(path) {
      const line = await remembered(path)
      const outline = line.outline ?? (await outlineOf(path))
      if (!line.outline) learn({ path, stamp: line.stamp, outline: [...outline] })
      return outline
    },
    async flush() {
      if (fresh.size === 0) return
      const text = [...fresh.values()].map((line) => `${JSON.stringify(line)}\n`).join('')
      fresh.clear()
      await appendWhole(file, text)
    },
  }
}

/** Begins with a line break, so that a line cut off earlier spoils only itself. */
async function appendWhole(file: string, text: string) {
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'a')
  try {
    await handle.appendFile(`\n${text}`)
  } finally {
    await handle.close()
  }
}

async function readLines(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = Line.safeParse(line ? JSON.parse(line) : null)
      return parsed.success ? [parsed.data] : []
    } catch {
      return []
    }
  })
}

function readFailure(path: string, error: unknown) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'ENOENT') return new Failure('file-missing', { path })
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code
  return new Failure('file-unreadable', { path, reason })
}
