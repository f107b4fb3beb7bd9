// What a picture is, apart from its name: the SHA-256 of its bytes (equal files, cache keys) and its
// look (pictures that look alike). Both are remembered by path, size and
// time of change, in memory and in one file of JSON lines, so that a second request costs one stat.
import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { readFailure } from '../files/fileFailures'
import { sha256OfFile } from '../files/hashFile'
import { seal, unseal } from '../files/sealedJson'
import { decodeStretched } from './decode'
import { lookOf, lookSide, type Look, type PictureHash } from './perceptualHash'

export interface Fingerprint {
  readonly hash: string
  readonly look: Look
}
/** State of a file when it was read; null fields were not read yet. */
export interface ReadFile {
  readonly bytes: number | null
  readonly modified: number | null
  readonly hash?: string | null
}
export interface Fingerprints {
  /** SHA-256 in lower-case hex; that of `read` if the file is unchanged.
   *  @throws {Failure} file-missing, file-unreadable */
  hash(path: string, read?: ReadFile): Promise<string>
  /** The cached hash, without reading the file; null if not cached or the file is missing. */
  known(path: string): Promise<string | null>
  /** Hash and look. With `read` given, the caller has checked that the file is unchanged, so the
   *  disk is not asked again. */
  print(path: string, read?: ReadFile): Promise<Fingerprint>
  /** Writes new entries to the disk. */
  flush(): Promise<void>
}

const FrozenLook = z.object({
  /** The whole picture, its mirror image and its crops: 16 hexadecimal digits each. */
  hashes: z.string().regex(/^([0-9a-f]{16}){2,}$/),
  tone: z.tuple([z.number(), z.number(), z.number()]),
  spread: z.number(),
})
type FrozenLook = z.infer<typeof FrozenLook>
const Line = z.object({
  path: z.string(),
  stamp: z.string(),
  hash: z.string().optional(),
  look: FrozenLook.optional(),
})
type Line = z.infer<typeof Line>

const frozen = ({ whole, mirror, crops, tone, spread }: Look): FrozenLook => ({
  hashes: [whole, mirror, ...crops]
    .map((hash) => hash.map((half) => half.toString(16).padStart(8, '0')).join(''))
    .join(''),
  tone: [...tone],
  spread,
})

/** Looks are parsed once, because every check of a data set reads all of them. */
const thawedLooks = new WeakMap<FrozenLook, Look>()

function thawed(look: FrozenLook): Look {
  const known = thawedLooks.get(look) ?? thaw(look)
  thawedLooks.set(look, known)
  return known
}

function thaw({ hashes, ...rest }: FrozenLook): Look {
  const [whole, mirror, ...crops] = (hashes.match(/.{16}/g) ?? []).map((digits): PictureHash => [
    parseInt(digits.slice(0, 8), 16),
    parseInt(digits.slice(8), 16),
  ])
  return { ...rest, whole: whole!, mirror: mirror!, crops }
}

/** `file` holds earlier entries; unreadable lines are skipped. */
export async function openFingerprints(file: string): Promise<Fingerprints> {
  const known = new Map<string, Line>()
  const fresh = new Map<string, Line>()
  for (const line of await readLines(file))
    known.set(line.path, { ...known.get(line.path), ...line })

  const stampOnDisk = async (path: string) => {
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw readFailure(path, error)
    })
    return `${size}-${mtimeMs}`
  }
  const remembered = (path: string, stamp: string, read?: ReadFile): Line => {
    const line = known.get(path)
    const same = line?.stamp === stamp ? line : { path, stamp }
    const hash = same.hash ?? (stamp === stampOf(read) ? (read?.hash ?? undefined) : undefined)
    return hash ? { ...same, hash } : same
  }
  const learn = (line: Line) => {
    const before = known.get(line.path)
    const merged = before?.stamp === line.stamp ? { ...before, ...line } : line
    known.set(line.path, merged)
    fresh.set(line.path, merged)
  }
  return {
    async hash(path, read) {
      const line = remembered(path, await stampOnDisk(path), read)
      const hash = line.hash ?? (await sha256OfFile(path))
      if (!line.hash) learn({ path, stamp: line.stamp, hash })
      return hash
    },
    async known(path) {
      const stamp = await stampOnDisk(path).catch(() => null)
      return stamp === null ? null : (remembered(path, stamp).hash ?? null)
    },
    async print(path, read) {
      const stamp = stampOf(read) ?? (await stampOnDisk(path))
      const line = remembered(path, stamp, read)
      if (line.hash && line.look) return { hash: line.hash, look: thawed(line.look) }
      const hash = line.hash ?? (await sha256OfFile(path))
      const look = line.look ? thawed(line.look) : lookOf(await decodeStretched(path, lookSide))
      learn({ path, stamp, hash, look: frozen(look) })
      return { hash, look }
    },
    async flush() {
      if (fresh.size === 0) return
      const text = [...fresh.values()].map((line) => `${seal(line)}\n`).join('')
      fresh.clear()
      await appendWhole(file, text)
    },
  }
}

const stampOf = (read?: ReadFile) =>
  read && read.bytes !== null && read.modified !== null ? `${read.bytes}-${read.modified}` : null

/** Begins with a line break, so that a line cut off earlier spoils only itself. Lines that two processes
 *  wrote into one another fail their checksum. */
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
      const parsed = Line.safeParse(line ? unseal(line) : null)
      return parsed.success ? [parsed.data] : []
    } catch {
      return []
    }
  })
}
