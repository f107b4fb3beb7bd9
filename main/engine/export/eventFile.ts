// TensorBoard's event files: records of a TFRecord file (tensorflow/core/lib/io/record_writer.h), each
// an Event message (tensorflow/core/util/event.proto, the part of it that scalars need). Every length
// and every message is followed by its CRC-32C, masked.
import { parse } from 'protobufjs'

export interface Scalars {
  /** Seconds since 1970. */
  readonly time: number
  readonly step: number
  /** Tag -> value; NaN and infinities are written as they are. */
  readonly values: Readonly<Record<string, number>>
}

const schema = parse(
  `syntax = "proto3"; package tensorflow;
message Value { string tag = 1; float simple_value = 2; }
message Summary { repeated Value value = 1; }
message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }`,
  { keepCase: true },
).root
const Event = schema.lookupType('tensorflow.Event')

/** The whole file: its version, then the scalars in their order. */
export function encodeEvents(scalars: readonly Scalars[]): Buffer {
  const first = { wall_time: scalars[0]?.time ?? 0, file_version: 'brain.Event:2' }
  const events = scalars.map(({ time, step, values }) => ({
    wall_time: time,
    step,
    summary: {
      value: Object.entries(values).map(([tag, value]) => ({ tag, simple_value: value })),
    },
  }))
  return Buffer.concat([first, ...events].map((event) => record(encode(event))))
}

const encode = (event: object) => Event.encode(Event.fromObject(event)).finish()

function record(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(8 + 4 + message.length + 4)
  bytes.writeBigUInt64LE(BigInt(message.length), 0)
  bytes.writeUInt32LE(maskedCrc(bytes.subarray(0, 8)), 8)
  bytes.set(message, 12)
  bytes.writeUInt32LE(maskedCrc(message), 12 + message.length)
  return bytes
}

/** Castagnoli's polynomial, lowest bit first. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})

/** CRC-32C (RFC 3720, appendix B.4). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!
  return ~crc >>> 0
}

/** TFRecord's mask: rotated and shifted, so that a checksum over stored checksums stays meaningful. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
