// HEIC pictures, as phones take them: HEVC in HEIF, which libvips as it is shipped leaves out. libheif,
// compiled to WebAssembly, takes a second or so for a photo of twelve megapixels, so it computes in a
// thread of its own, one picture at a time, and the result is cached by content, so that no epoch waits
// for it twice.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { openFileCache, type FileCache } from '../files/boundedCache'
import { createSerialQueue } from '../files/serialQueue'

interface Pixels {
  readonly width: number
  readonly height: number
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray
}

/** Brands of pictures and sequences in HEVC (ISO/IEC 23008-12, annex B). */
const brands = new Set('heic heix heim heis hevc hevx hevm hevs'.split(' '))
/** Longest side of cached pictures: networks and screens need no more, and the cache stays small. */
const longestSide = 2048
const limit = 2e9
/** An idle thread is ended after so many milliseconds, to free its memory. */
const idle = 20_000
/** A thread that does not answer within so many milliseconds is ended. */
const patience = 120_000

let cache: FileCache | null = null
/** Where decoded pictures are cached; until it is set there is no cache. */
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

/** The picture as a JPEG in its own colours, upright, at most 2048 pixels long; null where it is
 *  damaged. */
export async function jpegOfHeic(bytes: Uint8Array): Promise<Buffer | null> {
  const make = async () => {
    const pixels = await decodeInTurn(bytes)
    if (!pixels) throw new Damaged()
    const { data, width, height } = pixels
    const { icc } = await sharp(bytes).metadata()
    const jpeg = await sharp(data, { raw: { width, height, channels: 4 } })
      .flatten({ background: { r: 255, g: 255, b: 255 } })
      .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer()
    return icc ? withProfile(jpeg, icc) : jpeg
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

const profileName = Buffer.from('ICC_PROFILE\0', 'latin1')
/** Payload of a segment: its maximum without the length and the profile's header. */
const profilePart = 65_500

/** The JPEG with a colour profile in it (ICC.1:2022, annex B.4), because phones use Display P3. */
function withProfile(jpeg: Buffer, profile: Buffer): Buffer {
  const count = Math.ceil(profile.length / profilePart)
  const segments = Array.from({ length: count }, (_, i) => {
    const part = profile.subarray(i * profilePart, (i + 1) * profilePart)
    const head = Buffer.from([0xff, 0xe2, 0, 0])
    head.writeUInt16BE(2 + profileName.length + 2 + part.length, 2)
    return Buffer.concat([head, profileName, Buffer.from([i + 1, count]), part])
  })
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)])
}

let worker: Worker | null = null
let leaving: NodeJS.Timeout | undefined
const queue = createSerialQueue()

const decodeInTurn = (bytes: Uint8Array): Promise<Pixels | null> =>
  queue.run(() => decodeSurely(bytes))

/** A thread that has decoded before may be out of memory: only a new one can say that a file is
 *  damaged. */
async function decodeSurely(bytes: Uint8Array) {
  const used = worker !== null
  const pixels = await decode(bytes)
  if (pixels || !used) return pixels
  leave()
  return decode(bytes)
}

/** Null if decoding fails or times out; the next picture then gets a new thread. */
async function decode(bytes: Uint8Array): Promise<Pixels | null> {
  clearTimeout(leaving)
  const thread = (worker ??= begin())
  thread.ref()
  thread.postMessage(bytes)
  const waiting = new AbortController()
  const late = setTimeout(() => waiting.abort(), patience)
  // `exit` gives a number; an error of the thread rejects.
  const [answer] = await Promise.race(
    ['message', 'exit'].map((event) => once(thread, event, { signal: waiting.signal })),
  ).catch(() => [undefined])
  clearTimeout(late)
  waiting.abort()
  thread.unref()
  if (typeof answer === 'object') leaving = setTimeout(leave, idle).unref()
  else leave()
  return typeof answer === 'object' ? (answer as Pixels | null) : null
}

function begin() {
  const file = new URL('./heicWorker.cjs', import.meta.url)
  const thread = new Worker(file, { stdout: true, stderr: true })
  // libheif's messages about damaged pictures are for developers, so they are dropped.
  thread.stdout.resume()
  thread.stderr.resume()
  // Listens between pictures too: an unhandled error event would end the engine.
  thread.on('error', () => undefined)
  thread.on('exit', () => {
    if (worker === thread) worker = null
  })
  return thread
}

function leave() {
  void worker?.terminate()
  worker = null
}
