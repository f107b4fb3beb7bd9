// Names that nothing has yet, so that what is written replaces nothing of the person's.
import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { writeFailure } from './fileFailures'

/** "name", or the first "name 2", "name 3" that is not there yet. Throws 'disk-full',
 *  'not-writable'. */
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

/** Names that are not used yet in a folder, by no spelling that a disk takes for the same. */
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
