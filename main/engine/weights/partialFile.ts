// A download that is not complete yet: DESTINATION.part holds what has arrived,
// DESTINATION.part.json what it is a part of. A part is only continued when the server can say,
// by its validator, that the file is still the same; without one it is thrown away.
import { readFile, stat, unlink, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'

const noteSchema = z.object({ url: z.string(), validator: z.string() })

export interface PartialFile {
  readonly received: number
  /** For If-Range; null when there is nothing to continue. */
  readonly validator: string | null
}

export const partPath = (destination: string) => `${destination}.part`
const notePath = (destination: string) => `${destination}.part.json`

/** The part of `url` that can be continued; nothing if the note is missing or of another address. */
export async function readPartial(destination: string, url: string): Promise<PartialFile> {
  try {
    const note = noteSchema.parse(JSON.parse(await readFile(notePath(destination), 'utf8')))
    const { size } = await stat(partPath(destination))
    if (note.url === url && size > 0) return { received: size, validator: note.validator }
  } catch {
    // A missing or damaged note only means that the download starts anew.
  }
  return { received: 0, validator: null }
}

/** Records which file a new part belongs to. Throws Node's own errors. */
export async function notePartial(destination: string, url: string, headers: IncomingHttpHeaders) {
  const validator = strongValidator(headers)
  if (validator === null) return unlink(notePath(destination)).catch(() => undefined)
  return writeFile(notePath(destination), JSON.stringify({ url, validator }))
}

export async function removePartial(destination: string) {
  await removeNote(destination)
  await unlink(partPath(destination)).catch(() => undefined)
}

export const removeNote = (destination: string) =>
  unlink(notePath(destination)).catch(() => undefined)

// RFC 9110, 13.1.5: If-Range takes a strong entity tag or a date; a weak tag says too little.
function strongValidator(headers: IncomingHttpHeaders): string | null {
  if (headers.etag && !headers.etag.startsWith('W/')) return headers.etag
  return headers['last-modified'] ?? null
}
