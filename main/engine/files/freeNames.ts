// New names for what is exported, so that nothing of the person's is replaced. A folder is written
// under a temporary name and gets its final name only when it is complete.
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { writeFailure } from './fileFailures'
import { syncFolder } from './wholeFiles'

/** Longest name in bytes that the usual file systems take. */
const longestName = 255
/** Leaves room for a number and for the suffix of a temporary name. */
const longestStem = 200

/** The beginning of `text` that takes at most so many bytes as UTF-8; no character is split. */
export function cutToBytes(text: string, limit: number): string {
  let kept = ''
  let bytes = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > limit) break
    kept += character
  }
  return kept
}

/** "name.end", "name 2.end", "name 3.end" and so on, each at most 255 bytes. */
function numberedName(name: string, number: number, end = ''): string {
  const suffix = `${number === 1 ? '' : ` ${number}`}${end}`
  return `${cutToBytes(name, longestName - Buffer.byteLength(suffix))}${suffix}`
}

/**
 * Lets `write` fill a new temporary folder in `folder`, which then becomes "name", or the first of
 * "name 2", "name 3" that is not there yet. When `write` fails, only its temporary folder is removed.
 * @throws {Failure} disk-full, not-writable, and what `write` throws
 */
export async function writeNewFolder<T>(
  folder: string,
  name: string,
  write: (temporary: string) => Promise<T>,
): Promise<{ path: string; result: T }> {
  return inTemporaryFolder(folder, name, async (temporary) => {
    const result = await write(temporary)
    return { path: await renameToFree(temporary, folder, name), result }
  })
}

/**
 * Calls `use` with a new folder "name.RANDOM.part" in `folder`. Whatever is left at that path
 * afterwards is removed, where it can be.
 * @throws {Failure} disk-full, not-writable, and what `use` throws
 */
export async function inTemporaryFolder<T>(
  folder: string,
  name: string,
  use: (temporary: string) => Promise<T>,
): Promise<T> {
  const random = randomBytes(6).toString('hex')
  const temporary = join(folder, `${cutToBytes(name, longestStem)}.${random}.part`)
  await mkdir(temporary).catch((error: unknown) => {
    throw writeFailure(temporary, error)
  })
  try {
    return await use(temporary)
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Moves a folder to the first free one of "name", "name 2", "name 3" in `folder`.
 *  @throws {Failure} disk-full, not-writable */
export async function renameToFree(from: string, folder: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const to = join(folder, numberedName(name, number))
    if (await exists(to)) continue
    try {
      await rename(from, to)
      await syncFolder(dirname(to))
      return to
    } catch (error) {
      // Another program may have taken the name meanwhile; a folder with content is never replaced.
      if (!(await exists(from)) || !(await exists(to))) throw writeFailure(to, error)
    }
  }
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Names that are not used yet in a folder, by no spelling that a disk takes for the same. */
export class Names {
  private readonly used = new Map<string, Set<string>>()
  free(folder: string, name: string) {
    const used = this.used.get(folder) ?? new Set<string>()
    this.used.set(folder, used)
    const end = extname(name)
    const stem = name.slice(0, name.length - end.length)
    for (let number = 1; ; number++) {
      const candidate = numberedName(stem, number, end)
      const key = candidate.normalize('NFC').toLowerCase()
      if (used.has(key)) continue
      used.add(key)
      return candidate
    }
  }
}

/** A name that every file system takes: no separators or signs of Windows, no dots or spaces at the
 *  end, none of the device names, short enough in bytes to be numbered. */
export function fileNameOf(name: string): string {
  const plain = cutToBytes(name.replace(/[<>:"/\\|?*\p{Cc}]/gu, '_'), longestStem).replace(
    /[. ]+$/,
    '',
  )
  return /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) || plain === '' ? `_${plain}` : plain
}
