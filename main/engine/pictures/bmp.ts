// BMP files to RGB pixels, because libvips as it is shipped reads none. Uncompressed kinds only (1,
// 4, 8, 16, 24 and 32 bits; what Windows writes), after the layout in Microsoft's BITMAPINFOHEADER.
// Compressed kinds, long out of use, are reported as such. A decoder of fifty lines is less to
// maintain than a dependency.
import type { ReasonCode } from '../../../shared/reason'

export class BmpProblem extends Error {
  constructor(readonly code: ReasonCode) {
    super(code)
  }
}

export interface BmpSize {
  readonly width: number
  readonly height: number
}
/** height x width x 3 bytes, RGB, first row on top. */
export interface BmpPixels extends BmpSize {
  readonly rgb: Uint8Array
}

export const isBmp = (bytes: Uint8Array) =>
  bytes.length > 30 && bytes[0] === 0x42 && bytes[1] === 0x4d

/** Reads only the header. @throws {BmpProblem} */
export function bmpSize(bytes: Uint8Array): BmpSize {
  const { width, height } = headerOf(bytes)
  return { width, height }
}

/** @throws {BmpProblem} when the file is truncated or compressed */
export function decodeBmp(bytes: Uint8Array): BmpPixels {
  const { view, start, width, height, bits, upsideDown, palette, masks } = headerOf(bytes)
  const rowBytes = Math.ceil((width * bits) / 32) * 4
  if (start + rowBytes * height > bytes.length) throw new BmpProblem('file-cut-short')
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const row = start + rowBytes * (upsideDown ? height - 1 - y : y)
    let out = y * width * 3
    for (let x = 0; x < width; x++, out += 3) {
      if (bits === 24) {
        const at = row + x * 3
        rgb[out] = bytes[at + 2]!
        rgb[out + 1] = bytes[at + 1]!
        rgb[out + 2] = bytes[at]!
      } else if (bits >= 16) {
        const value =
          bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true)
        for (let c = 0; c < 3; c++) rgb[out + c] = masks[c]!(value)
      } else {
        const byte = bytes[row + ((x * bits) >> 3)]!
        const index = (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1)
        const at = palette + index * 4
        if (at + 2 >= start) throw new BmpProblem('file-damaged')
        rgb[out] = bytes[at + 2]!
        rgb[out + 1] = bytes[at + 1]!
        rgb[out + 2] = bytes[at]!
      }
    }
  }
  return { width, height, rgb }
}

const uncompressed = 0
const bitFields = new Set([3, 6])

function headerOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = view.getUint32(14, true)
  if (size < 40 || bytes.length < 14 + size) throw new BmpProblem('old-bmp')
  const width = view.getInt32(18, true)
  const rawHeight = view.getInt32(22, true)
  const height = Math.abs(rawHeight)
  const bits = view.getUint16(28, true)
  const compression = view.getUint32(30, true)
  if (width <= 0 || height === 0 || ![1, 4, 8, 16, 24, 32].includes(bits))
    throw new BmpProblem('file-damaged')
  const withFields = bitFields.has(compression) && bits >= 16
  if (compression !== uncompressed && !withFields) throw new BmpProblem('compressed-bmp')
  // The masks of a 40-byte header follow it; larger headers hold them at the same offset.
  if (withFields && bytes.length < 66) throw new BmpProblem('file-cut-short')
  const masks = withFields
    ? [54, 58, 62].map((at) => view.getUint32(at, true))
    : bits === 16
      ? [0x7c00, 0x3e0, 0x1f]
      : [0xff0000, 0xff00, 0xff]
  return {
    view,
    start: view.getUint32(10, true),
    width,
    height,
    bits,
    upsideDown: rawHeight > 0,
    palette: 14 + size,
    masks: masks.map(channelOf),
  }
}

/** Takes the bits under a mask and spreads them over 0 to 255. */
function channelOf(mask: number) {
  if (mask === 0) return () => 0
  const shift = 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  return (value: number) => Math.round((((value & mask) >>> shift) * 255) / most)
}
