// JSON with a checksum as the last field of the object, "sum": the beginning of the SHA-256 of the text
// without that field. A byte that changed on the disk is noticed when the text is read; any other JSON
// reader sees one more field.
import { createHash } from 'node:crypto'

const digits = 16
const sumAtEnd = new RegExp(`,\\s*"sum":\\s*"([0-9a-f]{${digits}})"\\s*}\\s*$`)
/** Longest text that `sumAtEnd` matches, with some room for white space. */
const longestEnd = 64

interface SealOptions {
  /** Spaces, for files that people look into. */
  readonly indent?: number
  /** Bytes that the checksum covers besides, before the object. */
  readonly before?: Uint8Array
}

const sumOf = (body: string, before: Uint8Array) =>
  createHash('sha256').update(before).update(body).update('}').digest('hex').slice(0, digits)
const nothing = new Uint8Array(0)

/** The text of an object with at least one field. */
export function seal(value: object, { indent = 0, before = nothing }: SealOptions = {}): string {
  const body = JSON.stringify(value, null, indent).slice(0, -1).trimEnd()
  const sum = sumOf(body, before)
  return indent === 0
    ? `${body},"sum":"${sum}"}`
    : `${body},\n${' '.repeat(indent)}"sum": "${sum}"\n}\n`
}

/** The value of a text. One without a checksum is taken as it is: earlier versions wrote none.
 *  @throws {Error} the checksum is wrong, or it is no JSON */
export const unseal = (text: string): unknown => unsealed(text).value

/** The value of a text, and whether it has a checksum.
 *  @throws {Error} the checksum is wrong, or it is no JSON */
export function unsealed(
  text: string,
  before: Uint8Array = nothing,
): { readonly value: unknown; readonly sealed: boolean } {
  const end = text.slice(-longestEnd)
  const found = sumAtEnd.exec(end)
  if (!found) return { value: JSON.parse(text), sealed: false }
  const body = text.slice(0, text.length - end.length + found.index)
  if (sumOf(body, before) !== found[1]) throw new Error('The checksum differs')
  return { value: JSON.parse(`${body}}`), sealed: true }
}
