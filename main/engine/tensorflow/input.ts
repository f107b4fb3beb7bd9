// The input of a network in the form of its placeholder (graph/pixels.ts).

/** Pictures packed as bytes (size x size x 3 a picture), or values that are already normalised NHWC. */
export type Input = { readonly pixels: Uint8Array } | { readonly values: Float32Array }

export const inputValues = (given: Input, count: number) =>
  'pixels' in given ? packPixels(given.pixels, count) : given.values

/** The bytes as an int32 view; copied only when they are not aligned to 4 bytes. */
export function packPixels(pixels: Uint8Array, count: number): Int32Array {
  const each = pixels.length / count
  if (each % 4 !== 0) throw new RangeError('A picture of an odd size cannot be packed')
  if (pixels.byteOffset % 4 === 0)
    return new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4)
  return new Int32Array(pixels.slice().buffer)
}
