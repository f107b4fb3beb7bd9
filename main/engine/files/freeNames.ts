// Names that are not taken, so that writing never replaces a file of the person's.
import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { writeFailure } from './fileFailures'

/** Makes "name", or the first of "name 2", "name 3", ... that does not exist; answers its path.
 *  @throws {Failure} disk-full, not-writable */
export async function newFolder(folder: string, name: string) {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${name} ${number}`)
    try {
      await mkdir(path)
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(path, error)
    }
  }
}

/** Gives names that are unused in a folder, also in spellings that some disks take for the same (case,
 *  composed or decomposed letters). */
export class Names {
  private readonly used = new Map<string, Set<string>>()
  free(folder: string, name: string) {
    const used = this.used.get(folder) ?? new Set<string>()
    this.used.set(folder, used)
    const end = extname(name)
    const stem = name.slice(0, name.length - end.length)
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${stem} ${number}${end}`
      const key = candidate.normalize('NFC').toLowerCase()
      if (used.has(key)) continue
      used.add(key)
      return candidate
    }
  }
}
