// Keeps what could not be read of a file in a new file beside it, so that repairing the file loses
// nothing for good.
import { lstat, open, rename, rm } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { errorCode, writeFailure } from './fileFailures'
import { syncFolder } from './wholeFiles'

/** Writes "name.damaged.end", or the first of "name.damaged 2.end", "name.damaged 3.end" that is not
 *  there yet; it is on the disk when its path is answered.
 *  @throws {Failure} disk-full, not-writable */
export async function keepBeside(path: string, bytes: Uint8Array): Promise<string> {
  for (let number = 1; ; number++) {
    const kept = damagedName(path, number)
    try {
      const file = await open(kept, 'wx')
      try {
        await file.writeFile(bytes)
        await file.sync()
      } catch (error) {
        await rm(kept, { force: true }).catch(() => undefined)
        throw error
      } finally {
        await file.close()
      }
      await syncFolder(dirname(kept))
      return kept
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw writeFailure(kept, error)
    }
  }
}

/** Gives a file or folder that cannot be read such a name, whatever it is.
 *  @throws {Failure} disk-full, not-writable */
export async function setAside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const kept = damagedName(path, number)
    const isTaken = await lstat(kept).then(
      () => true,
      () => false,
    )
    if (isTaken) continue
    try {
      await rename(path, kept)
      await syncFolder(dirname(kept))
      return kept
    } catch (error) {
      throw writeFailure(path, error)
    }
  }
}

function damagedName(path: string, number: number) {
  const end = extname(path)
  return `${path.slice(0, path.length - end.length)}.damaged${number === 1 ? '' : ` ${number}`}${end}`
}
