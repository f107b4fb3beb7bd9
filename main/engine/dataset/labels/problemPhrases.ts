// Earlier versions stored why a picture cannot be used as English text. Read back as reasons.
import { otherReason, reason, type Reason, type ReasonCode } from '../../../../shared/reason'

const phrases: Readonly<Record<string, ReasonCode>> = {
  'is empty': 'file-empty',
  'is cut short': 'file-cut-short',
  'is damaged': 'file-damaged',
  'is not a picture': 'not-a-picture',
  'is no longer there': 'file-gone',
  'is a folder': 'is-folder',
  'may not be read (permission denied)': 'permission-denied',
  'is a BMP of an old kind': 'old-bmp',
  'is a compressed BMP, which cannot be read: save it as PNG': 'compressed-bmp',
}
const patterns: readonly (readonly [ReasonCode, RegExp])[] = [
  ['too-many-pixels', /^is (?<size>\d+ x \d+), larger than (?<limit>\d+) megapixels$/],
  ['needs-memory', /^is (?<size>\d+ x \d+) and needs (?<needed>[\d.]+) GB to decode at once$/],
  ['file-too-large', /^has (?<size>[\d.]+) GB, more than (?<limit>[\d.]+) GB$/],
]

/** @param stored a Reason, or the text of an earlier version */
export function problemOf(stored: Reason | string): Reason {
  if (typeof stored !== 'string') return stored
  const known = phrases[stored]
  if (known) return reason(known)
  for (const [code, pattern] of patterns) {
    const details = pattern.exec(stored)?.groups
    if (details) return reason(code, { ...details })
  }
  return otherReason(stored)
}
