// JSON with a checksum as the last field of the object, "sum": the beginning of the SHA-256 of the text
// without that field. A byte that changed on the disk is noticed when the text is read; any other JSON
// reader sees one more field.
import { createHash } from 'node:crypto'

const digits = 16
const sumAtEnd = new RegExp(`,\\s*"sum":\\s*"([0-9a-f]{${digits}})"\\s*}\\s*$`)
/** Longest text that `sumAtEnd` matches, with some room for white space. */
const longestEnd = 64

const sumOf = (body: string) =>
  createHash('sha256').update(body).update('}').digest('hex').slice(0, digits)

/** The text of an object with at least one field. `indent`: spaces, for files that people look into. */
export function seal(value: object, indent = 0): string {
  const body = JSON.stringify(value, null, indent).slice(0, -1).trimEnd()
  return indent === 0
    ? `${body},"sum":"${sumOf(body)}"}`
    : `${body},\n${' '.repeat(indent)}"sum": "${sumOf(body)}"\n}\n`
}

/** The value of a text. One without a checksum is taken as it is: earlier versions wrote none.
 *  @throws {Error} the checksum is wrong, or it is no JSON */
export function unseal(text: string): unknown {
  const end = text.slice(-longestEnd)
  const found = sumAtEnd.exec(end)
  if (!found) return JSON.parse(text)
  const body = text.slice(0, text.length - end.length + found.index)
  if (sumOf(body) !== found[1]) throw new Error('The checksum differs')
  return JSON.parse(`${body}}`)
}
