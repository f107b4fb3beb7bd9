// A position in the bytes of a pickle, moving forward. Nothing is read beyond the end, and every length
// in the file is checked against the bytes that are left.
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'

export class PickleBytes {
  private readonly view: DataView

  constructor(
    private readonly bytes: Uint8Array,
    private position: number,
    readonly path: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get at(): number {
    return this.position
  }

  /** Moves past `count` bytes and returns where they begin. @throws {Failure} weights-truncated */
  skip(count: number): number {
    const begin = this.position
    if (count > this.bytes.length - begin) throw this.incomplete()
    this.position = begin + count
    return begin
  }

  uint8 = () => this.bytes[this.skip(1)]
  uint16 = () => this.view.getUint16(this.skip(2), true)
  int32 = () => this.view.getInt32(this.skip(4), true)
  uint32 = () => this.view.getUint32(this.skip(4), true)
  uint64 = () => Number(this.view.getBigUint64(this.skip(8), true))
  /** The one number that pickle keeps big-endian. */
  float64 = () => this.view.getFloat64(this.skip(8), false)

  data(length: number): Uint8Array {
    const begin = this.skip(length)
    return this.bytes.subarray(begin, begin + length)
  }

  text(length: number): string {
    return Buffer.from(this.data(length)).toString('utf8')
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position)
    if (end < 0) throw this.incomplete()
    const text = this.text(end - this.position)
    this.skip(1)
    return text
  }

  /** Two's complement, little-endian; a number where it is exact as one. */
  long(length: number): number | bigint {
    const data = this.data(length)
    let value = 0n
    for (let i = data.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(data[i])
    const signed = BigInt.asIntN(data.length * 8, value)
    const number = Number(signed)
    return Number.isSafeInteger(number) ? number : signed
  }

  private incomplete(): Failure {
    return new Failure('weights-truncated', {
      path: this.path,
      reason: reason('pickle-incomplete'),
    })
  }
}
