// HEIC pictures, as phones take them: HEVC in HEIF, which libvips as it is shipped leaves out. libheif,
// compiled to WebAssembly, takes a second or so for a photo of twelve megapixels, so it computes in a
// thread of its own, one picture at a time, and what comes out is kept by content: no epoch waits for it
// again.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { openFileCache, type FileCache } from './fileCache'

interface Pixels {
  readonly width: number
  readonly height: number
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray
}

/** Brands of pictures and sequences in HEVC (ISO/IEC 23008-12, annex B). */
const brands = new Set('heic heix heim heis hevc hevx hevm hevs'.split(' '))
/** Networks and screens see smaller ones; what is kept stays small. */
const longestSide = 2048
const limit = 2e9
/** A thread that has nothing to do gives its memory back after so many milliseconds. */
const idle = 20_000
/** And one that does not come to an end is given up. */
const patience = 120_000

let cache: FileCache | null = null
/** Where decoded pictures are kept; nowhere before. */
export const keepDecodedHeic = (folder: string) =>
  void (cache = openFileCache(folder, { extension: 'jpg', limit }))

export function isHeic(bytes: Uint8Array): boolean {
  const text = (from: number) => String.fromCharCode(...bytes.subarray(from, from + 4))
  if (bytes.length < 16 || text(4) !== 'ftyp') return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = Math.min(view.getUint32(0), bytes.length, 256)
  // The major brand, a version, and the brands it is compatible with.
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) if (brands.has(text(at))) return true
  return false
}

/** The picture as a JPEG, upright, at most 2048 pixels long; null where it is damaged. */
export async function jpegOfHeic(bytes: Uint8Array): Promise<Buffer | null> {
  const make = async () => {
    const pixels = await decodeInTurn(bytes)
    if (!pixels) throw new Damaged()
    const { data, width, height } = pixels
    return sharp(data, { raw: { width, height, channels: 4 } })
      .flatten({ background: { r: 255, g: 255, b: 255 } })
      .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer()
  }
  try {
    if (!cache) return await make()
    return await cache.get(createHash('sha256').update(bytes).digest('hex'), make)
  } catch (error) {
    if (error instanceof Damaged) return null
    throw error
  }
}

class Damaged extends Error {}

let worker: Worker | null = null
let leaving: NodeJS.Timeout | undefined
let turn: Promise<unknown> = Promise.resolve()

function decodeInTurn(bytes: Uint8Array): Promise<Pixels | null> {
  const decoded = turn.then(() => decode(bytes))
  turn = decoded
  return decoded
}

/** Never rejects: whatever ends the thread, the next picture gets a new one. */
async function decode(bytes: Uint8Array): Promise<Pixels | null> {
  clearTimeout(leaving)
  const thread = (worker ??= begin())
  thread.ref()
  thread.postMessage(bytes)
  const waiting = new AbortController()
  const late = setTimeout(() => waiting.abort(), patience)
  // The end of the thread is a number, and an error of it rejects.
  const [answer] = await Promise.race(
    ['message', 'exit'].map((event) => once(thread, event, { signal: waiting.signal })),
  ).catch(() => [undefined])
  clearTimeout(late)
  waiting.abort()
  thread.unref()
  if (typeof answer !== 'object') {
    leave()
    return null
  }
  leaving = setTimeout(leave, idle).unref()
  return answer as Pixels | null
}

function begin() {
  const file = new URL('./heicWorker.cjs', import.meta.url)
  const thread = new Worker(file, { stdout: true, stderr: true })
  // What libheif says of damaged pictures is for programmers.
  thread.stdout.resume()
  thread.stderr.resume()
  return thread
}

function leave() {
  void worker?.terminate()
  worker = null
}
