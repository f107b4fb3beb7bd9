// CRC-32 as zip has it (ISO 3309). Node has it built in only since 20.15, and Electron 22 has Node 16.

/** table[k][b]: the checksum of byte b followed by k zero bytes, so that four bytes go in one step. */
const tables = [0, 1, 2, 3].map(() => new Uint32Array(256)) as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
]
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  tables[0][byte] = value
}
for (let zeros = 1; zeros < 4; zeros++)
  for (let byte = 0; byte < 256; byte++) {
    const before = tables[zeros - 1]![byte]!
    tables[zeros]![byte] = (before >>> 8) ^ tables[0][before & 0xff]!
  }

/** The checksum as an unsigned 32-bit number. */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = tables
  const inFours = bytes.length - (bytes.length % 4)
  let crc = 0xffffffff
  let at = 0
  for (; at < inFours; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc = t3[crc & 0xff]! ^ t2[(crc >>> 8) & 0xff]! ^ t1[(crc >>> 16) & 0xff]! ^ t0[crc >>> 24]!
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}
