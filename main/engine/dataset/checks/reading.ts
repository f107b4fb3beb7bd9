// Reads pictures in the background: whether each is sound, how large, and the hash of its content.
// What it finds goes to `tell` in batches; what a person looks at meanwhile goes first (turns.ts).
import { stat } from 'node:fs/promises'
import os from 'node:os'
import { inspectPicture } from '../../pictures/decode'
import type { Facts, StoredPicture } from '../labels/edits'
import { inParallel } from '../../files/parallel'
import { createSerialQueue } from '../../files/serialQueue'
import type { Progress } from '../intake/datasetProgress'
import { background } from '../../files/turns'

export interface ReadingOptions {
  readonly tell: (facts: readonly Facts[]) => Promise<void>
  readonly progress: Progress
}
export interface Reading {
  /** Takes its turn after what is already waiting; resolves when these were read and told. */
  read(pictures: readonly StoredPicture[]): Promise<void>
  /** Resolves when nothing is being read. */
  settled(): Promise<void>
  /** Stops after the pictures under way. */
  close(): Promise<void>
}

const batch = 1000
const batchMilliseconds = 500
/** One core is left to what a person does meanwhile: with all of them busy, an edit takes twice as long
 *  and frames come late. */
const atOnce = Math.min(4, Math.max(1, os.cpus().length - 1))

export function createReading({ tell, progress }: ReadingOptions): Reading {
  let closed = false
  let total = 0
  let done = 0
  const queue = createSerialQueue()

  const readAll = async (pictures: readonly StoredPicture[]) => {
    let facts: Facts[] = []
    let latest = Date.now()
    const flush = async () => {
      const ready = facts
      facts = []
      latest = Date.now()
      progress.tell('reading', done, total)
      if (ready.length > 0) await tell(ready)
    }
    await inParallel(pictures, atOnce, async (picture) => {
      await background()
      if (closed) return
      facts.push(await factsOf(picture))
      done++
      if (facts.length >= batch || Date.now() - latest > batchMilliseconds) await flush()
    })
    await flush()
  }
  return {
    read(pictures) {
      if (pictures.length === 0) return Promise.resolve()
      total += pictures.length
      // At once: others wait with their work until nothing is being read.
      progress.tell('reading', done, total)
      return queue.run(async () => {
        try {
          await readAll(pictures)
        } finally {
          if (done >= total || closed) {
            total = done = 0
            progress.end('reading')
          }
        }
      })
    },
    settled: () => queue.settled(),
    close() {
      closed = true
      return queue.settled()
    },
  }
}

/** A file that is gone keeps what was known of it. One whose content is no longer what it was is
 *  'changed' from then on. Never throws. */
export async function factsOf(picture: StoredPicture): Promise<Facts> {
  const { id, path, name } = picture
  const before = await stat(path).catch(() => null)
  if (before === null) return { ...known(picture), file: 'missing' }
  const found = await inspectPicture(path)
  const same = picture.hash === null || found.hash === null || picture.hash === found.hash
  return {
    id,
    path,
    name,
    file: same && picture.file !== 'changed' ? 'present' : 'changed',
    problem: found.problem,
    width: found.problem === null ? found.width : null,
    height: found.problem === null ? found.height : null,
    bytes: before.size,
    modified: before.mtimeMs,
    hash: found.hash ?? picture.hash,
  }
}

export const known = (picture: StoredPicture): Facts => ({
  id: picture.id,
  path: picture.path,
  name: picture.name,
  file: picture.file,
  problem: picture.problem,
  width: picture.width,
  height: picture.height,
  bytes: picture.bytes,
  modified: picture.modified,
  hash: picture.hash,
})
