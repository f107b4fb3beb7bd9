// Stored numbers to float32. Float32 that lies on a multiple of four bytes is viewed where it is;
// everything else is converted into a new array. Files are little-endian, as is every machine
// that Node runs on today.

export type NumberFormat =
  'F16' | 'BF16' | 'F32' | 'F64' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'

const byteSizes: Readonly<Record<NumberFormat, number>> = {
  F16: 2,
  BF16: 2,
  F32: 4,
  F64: 8,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
}

export const isNumberFormat = (name: string): name is NumberFormat =>
  Object.prototype.hasOwnProperty.call(byteSizes, name)

/** Bytes that one number of a format takes. */
export const bytesPerNumber = (format: NumberFormat) => byteSizes[format]

/** All of `bytes` as float32. Its length must be a whole number of stored numbers. */
export function toFloat32(bytes: Uint8Array, format: NumberFormat): Float32Array {
  const source = aligned(bytes, byteSizes[format])
  const { buffer, byteOffset } = source
  const count = source.byteLength / byteSizes[format]
  switch (format) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, count)
    case 'F16':
      return widen(new Uint16Array(buffer, byteOffset, count), halfValues())
    case 'BF16':
      return widenBfloat16(new Uint16Array(buffer, byteOffset, count))
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, count))
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, count), Number)
    case 'I32':
      return Float32Array.from(new Int32Array(buffer, byteOffset, count))
    case 'I16':
      return Float32Array.from(new Int16Array(buffer, byteOffset, count))
    case 'I8':
      return Float32Array.from(new Int8Array(buffer, byteOffset, count))
    case 'U8':
    case 'BOOL':
      return Float32Array.from(source)
  }
}

// Typed arrays refuse an offset that is no multiple of their element; a copy starts at zero.
const aligned = (bytes: Uint8Array, size: number) =>
  bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)

function widen(halves: Uint16Array, values: Float32Array): Float32Array {
  const result = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) result[i] = values[halves[i]]
  return result
}

function widenBfloat16(numbers: Uint16Array): Float32Array {
  const bits = new Uint32Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) bits[i] = numbers[i] << 16
  return new Float32Array(bits.buffer)
}

let halfTable: Float32Array | undefined

// All 65,536 halves at once (256 KB): a look-up a value instead of arithmetic a value.
function halfValues(): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => halfValue(bits))
  return halfTable
}

// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits.
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
