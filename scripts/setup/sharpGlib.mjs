// Lets sharp run inside Electron on Linux. Electron links the system's GLib, sharp brings one of its
// own, and the loader gives sharp the system's g_object_ref for objects of the other GLib, which
// damages memory now and then (github.com/electron/electron/issues/46323, lovell/sharp/issues/4522).
// So sharp's copy gets names that nobody else has: in both of its libraries every symbol g_NAME
// becomes h>NAME. That pair was chosen because the hash that the loader looks names up by
// (h = 33 h + c) is the same for both, so nothing but these two letters has to change. What must
// stay true: both files or neither are renamed once this has run to its end.

import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { platformKey, root } from './paths.mjs'

const from = Buffer.from('g_')
const to = Buffer.from('h>')
/** One of the names, to see by whether a file has been done. */
const renamed = Buffer.from('\0h>object_ref\0')

const dynamicSymbols = 11 // SHT_DYNSYM of the ELF specification
const sectionHeaderSize = 64
const symbolSize = 24

/** sharp's addon and its libvips, absolute; none where there is no Linux or no sharp. */
function libraries() {
  if (process.platform !== 'linux') return []
  return [`sharp-${platformKey}`, `sharp-libvips-${platformKey}`].flatMap((name) => {
    const folder = join(root, 'node_modules', '@img', name, 'lib')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((file) => /\.node$|\.so\b/.test(file))
      .map((file) => join(folder, file))
  })
}

export const sharpGlibReady = () =>
  libraries().every((file) => readFileSync(file).includes(renamed))

/** @param {(line: string) => void} say */
export async function setUpSharpGlib(say) {
  for (const file of libraries()) {
    const bytes = readFileSync(file)
    if (bytes.includes(renamed)) continue
    const count = renameGlibSymbols(bytes)
    writeFileSync(`${file}.new`, bytes)
    renameSync(`${file}.new`, file)
    say(`${count} names of GLib set apart from Electron's in ${file}`)
  }
}

/**
 * Renames in place.
 * @param {Buffer} bytes a 64-bit little-endian ELF library
 * @returns {number} how many symbols
 * @throws {Error} where that would change the hash of another name
 */
export function renameGlibSymbols(bytes) {
  const { symbols, strings } = tables(bytes)
  const names = new Set()
  for (let at = symbols.start; at < symbols.end; at += symbolSize) {
    names.add(strings.start + bytes.readUInt32LE(at))
  }
  let count = 0
  for (const name of names) {
    if (bytes.compare(from, 0, 2, name, name + 2) !== 0) continue
    // A string may be the tail of another, as g_free is of g_string_free; there it keeps that one's
    // hash as well. One that starts at the second letter would not keep its own.
    if (names.has(name + 1)) throw new Error('two names share a letter that has to change')
    to.copy(bytes, name)
    count += 1
  }
  return count
}

/** @param {Buffer} bytes @returns where the dynamic symbols and their names lie */
function tables(bytes) {
  const first = Number(bytes.readBigUInt64LE(0x28))
  const sections = Array.from({ length: bytes.readUInt16LE(0x3c) }, (_, index) => {
    const at = first + index * sectionHeaderSize
    const start = Number(bytes.readBigUInt64LE(at + 24))
    return {
      type: bytes.readUInt32LE(at + 4),
      link: bytes.readUInt32LE(at + 40),
      start,
      end: start + Number(bytes.readBigUInt64LE(at + 32)),
    }
  })
  const symbols = sections.find(({ type }) => type === dynamicSymbols)
  const strings = symbols && sections[symbols.link]
  if (!strings) throw new Error('the library has no dynamic symbols')
  return { symbols, strings }
}
