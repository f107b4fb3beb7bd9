// From picture files to pixels: upright, sRGB, 8 bits, without alpha. Problems of a file
// become a Failure with a plain reason; memory stays flat because libvips keeps no cache and
// one thread per picture (callers decode several pictures at a time instead).
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { Failure } from '../../../shared/failure'
import { reason, type Reason, type ReasonCode } from '../../../shared/reason'
import { bmpSize, BmpProblem, decodeBmp, isBmp } from './bmp'
import { isHeic, jpegOfHeic } from './heic'

sharp.cache(false)
sharp.concurrency(1)

export interface Square {
  /** Length of the shorter side after resizing, in pixels. */
  readonly resize: number
  /** Side of the centre crop, in pixels. */
  readonly crop: number
}
/** `hash` is the SHA-256 of the file, lower-case hex; null where not even its bytes can be read. */
export type Inspection =
  | {
      readonly width: number
      readonly height: number
      readonly problem: null
      readonly hash: string
    }
  | { readonly problem: Reason; readonly hash: string | null }

/** As many as a 16,383 x 16,383 picture has; more would take gigabytes to decode. */
export const maxPixels = 0x3fff * 0x3fff
/** Photos have a few megabytes; uncompressed ones of 170 megapixels are at this limit. */
const maxFileBytes = 5e8
/** For a picture that can only be decoded as a whole. Others are decoded in strips. */
const maxDecodedBytes = 5e8
const formats = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif'])
const white = { r: 255, g: 255, b: 255 }

/** RGB, height x width x channel, crop x crop x 3 bytes: the shorter side resized to `resize` by an
 *  antialiased triangle filter and the centre cut out, as torchvision's Resize and CenterCrop do.
 *  @throws {Failure} file-missing, file-unreadable */
export const decodeSquare = (path: string, square: Square): Promise<Uint8Array> =>
  explained(path, async () => squareOf(await fileBytes(path), square))

export interface WholePicture {
  /** RGB, side x side x 3 bytes. */
  readonly pixels: Uint8Array
  /** Width / height of the picture. */
  readonly aspect: number
}

/** The whole picture stretched to side x side by an antialiased triangle filter.
 *  @throws {Failure} file-missing, file-unreadable */
export const decodeWhole = (path: string, side: number): Promise<WholePicture> =>
  explained(path, async () => {
    const bytes = await fileBytes(path)
    const { width, height } = await sizeOf(bytes)
    const { data, info } = await (
      await upright(bytes)
    )
      .resize(side, side, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { pixels: rgb(data, info.channels), aspect: width / height }
  })

/** As decodeSquare, of the bytes of a picture that is in no file (pasted); `name` is used in failures. */
export const decodeBuffer = (
  bytes: Uint8Array,
  square: Square,
  name = 'The picture',
): Promise<Uint8Array> => explained(name, () => squareOf(bytes, square))

/** Decodes all of the file (at a small size) to know that it is whole. Never throws. */
export async function inspectPicture(path: string): Promise<Inspection> {
  let hash: string | null = null
  try {
    const bytes = await fileBytes(path)
    hash = createHash('sha256').update(bytes).digest('hex')
    const { width, height } = await sizeOf(bytes)
    await (await opened(bytes)).resize(32, 32, { fit: 'inside' }).raw().toBuffer()
    return { width, height, problem: null, hash }
  } catch (error) {
    return { problem: reasonOf(error), hash }
  }
}

/** A WebP picture that fits into size x size, never enlarged. */
export const thumbnail = (path: string, size: number): Promise<Buffer> =>
  explained(path, async () => {
    const bytes = await fileBytes(path)
    await sizeOf(bytes)
    return (await upright(bytes))
      .resize(size, size, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80, effort: 2 })
      .toBuffer()
  })

/** The picture stretched to side x side RGB bytes, for perceptual comparison. */
export const decodeStretched = (path: string, side: number): Promise<Uint8Array> =>
  explained(path, async () => {
    const bytes = await fileBytes(path)
    await sizeOf(bytes)
    const { data, info } = await (
      await upright(bytes)
    )
      .resize(side, side, { fit: 'fill', kernel: 'linear' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return rgb(data, info.channels)
  })

class Unusable extends Error {
  readonly reason: Reason
  constructor(code: ReasonCode, details: Reason['details'] = {}) {
    super(code)
    this.reason = reason(code, details)
  }
}

async function opened(bytes: Uint8Array) {
  if (isHeic(bytes)) {
    const jpeg = await jpegOfHeic(bytes)
    if (!jpeg) throw new Unusable('file-damaged')
    return sharp(jpeg)
  }
  // libvips reports strips that are missing at the end of a TIFF only as errors.
  const failOn = isTiff(bytes) ? 'error' : 'truncated'
  if (!isBmp(bytes)) return sharp(bytes, { failOn, limitInputPixels: maxPixels })
  const { width, height, rgb } = decodeBmp(bytes)
  return sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: maxPixels })
}

/** Little-endian or big-endian TIFF, or BigTIFF. */
const isTiff = (bytes: Uint8Array) =>
  /^(II[*+]\0|MM\0[*+])/.test(Buffer.from(bytes.subarray(0, 4)).toString('latin1'))

const upright = async (bytes: Uint8Array): Promise<Sharp> =>
  (await opened(bytes)).autoOrient().flatten({ background: white }).toColourspace('srgb')

async function fileBytes(path: string) {
  const found = await stat(path)
  if (found.isDirectory()) throw new Unusable('is-folder')
  // Reading a pipe or a device might never end.
  if (!found.isFile()) throw new Unusable('not-a-picture')
  if (found.size === 0) throw new Unusable('file-empty')
  if (found.size > maxFileBytes)
    throw new Unusable('file-too-large', {
      size: gigabytes(found.size),
      limit: gigabytes(maxFileBytes),
    })
  return readFile(path)
}

/** Rounded up, so that what is above a limit never reads like the limit. */
const gigabytes = (bytes: number) => (Math.ceil(bytes / 1e8) / 10).toFixed(1)

/** Width and height as seen upright, from the header alone. */
async function sizeOf(bytes: Uint8Array) {
  if (bytes.length === 0) throw new Unusable('file-empty')
  const header = isBmp(bytes) ? { ...bmpSize(bytes), pixelBytes: 3 } : await headerSize(bytes)
  const { width, height, pixelBytes } = header
  const size = `${width} x ${height}`
  if (width * height > maxPixels)
    throw new Unusable('too-many-pixels', { size, limit: Math.floor(maxPixels / 1e6) })
  const needed = width * height * pixelBytes
  if (needed > maxDecodedBytes)
    throw new Unusable('needs-memory', { size, needed: gigabytes(needed) })
  return { width, height }
}

async function headerSize(bytes: Uint8Array) {
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata()
  if (!formats.has(header.format)) throw new Unusable('not-a-picture')
  return { ...header.autoOrient, pixelBytes: bytesAtOnce(header) }
}

/** Bytes per pixel of what the decoder must hold at once; 0 where it decodes in strips. Measured with
 *  pictures of 144 megapixels. */
function bytesAtOnce(header: Metadata): number {
  const { format, isProgressive, channels, depth, chromaSubsampling } = header
  const sampleBytes = depth === 'uchar' || depth === 'char' ? 1 : depth.includes('short') ? 2 : 4
  switch (format) {
    case 'png':
      return isProgressive ? channels * sampleBytes : 0
    case 'jpeg':
      // Progressive: two bytes for each coefficient of each component.
      return isProgressive ? 2 * (chromaSubsampling === '4:2:0' ? 1.5 : channels) : 0
    case 'tiff':
      // All rows may be in one strip.
      return channels * sampleBytes
    case 'gif':
      return 5
    default:
      // WebP, HEIC, AVIF: the planes as they are stored, and their pixels as RGBA.
      return 8
  }
}

async function squareOf(bytes: Uint8Array, { resize, crop }: Square) {
  const { width, height } = await sizeOf(bytes)
  const short = Math.min(width, height)
  const scaled = {
    width: Math.round((resize * width) / short),
    height: Math.round((resize * height) / short),
  }
  const { data, info } = await (
    await upright(bytes)
  )
    .resize({ ...scaled, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
    .extract({
      left: Math.floor((scaled.width - crop) / 2),
      top: Math.floor((scaled.height - crop) / 2),
      width: crop,
      height: crop,
    })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return rgb(data, info.channels)
}

function rgb(data: Uint8Array, channels: number) {
  if (channels === 3) return data
  const pixels = data.length / channels
  const out = new Uint8Array(pixels * 3)
  const step = channels >= 3 ? 1 : 0
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < 3; c++) out[i * 3 + c] = data[i * channels + c * step]!
  return out
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = reasonOf(error)
    if (reason.code === 'file-gone') throw new Failure('file-missing', { path })
    throw new Failure('file-unreadable', { path, reason })
  }
}

/** Messages of libvips are for programmers; a person gets one of these. */
function reasonOf(error: unknown): Reason {
  if (error instanceof Unusable) return error.reason
  if (error instanceof BmpProblem) return reason(error.code)
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return reason('file-gone')
  if (code === 'EACCES' || code === 'EPERM') return reason('permission-denied')
  if (code === 'EISDIR') return reason('is-folder')
  const text = error instanceof Error ? error.message : String(error)
  if (/unsupported image format|missing/i.test(text)) return reason('not-a-picture')
  if (
    /premature|truncat|end of|unexpected eof|short|corrupt jpeg data|not enough|got \d+ bytes, expected/i.test(
      text,
    )
  )
    return reason('file-cut-short')
  return reason('file-damaged')
}
