// A picture as large as the window shows it: its own bytes where Chromium reads them, else a WebP.
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { lookFirst } from '../files/turns'
import { thumbnail } from './decode'
import { isHeic } from './heic'

/** Types that Chromium draws, by the ending of the file. */
const shownAsTheyAre: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
}
/** Longest side of what is converted, in pixels. */
const side = 1024

export interface PicturePreview {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: string
}

/** @throws {Failure} file-missing, file-unreadable */
export async function previewOf(path: string): Promise<PicturePreview> {
  const type = shownAsTheyAre[extname(path).toLowerCase()]
  const bytes = type ? await readFile(path) : null
  // Phones' pictures are often called JPEG when they are HEIC.
  if (type && bytes && !isHeic(bytes)) return { bytes: new Uint8Array(bytes), type }
  const converted = await lookFirst(() => thumbnail(path, side))
  return { bytes: new Uint8Array(converted), type: 'image/webp' }
}
