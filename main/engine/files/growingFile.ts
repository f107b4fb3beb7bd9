// A file that is appended to, and truncated to its former size when an append fails: an append is on
// the disk as a whole or not at all. Opened for update, not for appending, since Windows cannot
// truncate a file that was opened for appending.
import { open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from './fileFailures'
import { syncFolder } from './wholeFiles'

export interface GrowingFile {
  readonly size: number
  /** Adds all of the bytes; with `sync` they are on the disk when it answers. When it throws (Node's own
   *  errors), the file is as long as before. Calls must not overlap. */
  append(bytes: Uint8Array, options: { readonly sync: boolean }): Promise<void>
  /** Truncates to so many bytes. */
  cut(size: number): Promise<void>
  /** Resolves when all of it is on the disk. */
  sync(): Promise<void>
  /** Fills `target` from `position` on. */
  read(target: Uint8Array, position: number): Promise<void>
  close(): Promise<void>
}

/** Opens the file, or makes an empty one whose name is on the disk when it resolves. */
export async function openGrowing(path: string): Promise<GrowingFile> {
  await makeIfMissing(path)
  const handle = await open(path, 'r+')
  let { size } = await handle.stat().catch(async (error: unknown) => {
    await handle.close().catch(() => undefined)
    throw error
  })
  /** A failed append may have left bytes after the end that could not be cut off at once. */
  let hasRemains = false
  const cutRemains = async () => {
    hasRemains = true
    await handle.truncate(size)
    hasRemains = false
  }
  return {
    get size() {
      return size
    },
    async append(bytes, { sync }) {
      if (hasRemains) await cutRemains()
      try {
        let done = 0
        while (done < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, size + done)
          done += bytesWritten
        }
        if (sync) await handle.datasync()
      } catch (error) {
        await cutRemains().catch(() => {})
        throw error
      }
      size += bytes.length
    },
    async cut(length) {
      await handle.truncate(length)
      size = length
    },
    sync: () => handle.datasync(),
    async read(target, position) {
      let done = 0
      while (done < target.length) {
        const { bytesRead } = await handle.read(target, done, target.length - done, position + done)
        if (bytesRead === 0) throw new Error(`${path} ends before byte ${position + target.length}`)
        done += bytesRead
      }
    },
    close: () => handle.close(),
  }
}

async function makeIfMissing(path: string) {
  try {
    await (await open(path, 'wx')).close()
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    return
  }
  try {
    await syncFolder(dirname(path))
  } catch (error) {
    await unlink(path).catch(() => undefined)
    throw error
  }
}
