// Which classes a few typed letters mean: those that begin with them before those that have a word
// beginning with them, before those that hold them anywhere; else in the order of the list. Pure.
import type { PictureClass } from '../../../shared/dataset'

export function matchClasses(classes: readonly PictureClass[], typed: string): PictureClass[] {
  const text = typed.trim().toLowerCase()
  if (!text) return [...classes]
  const rank = ({ name }: PictureClass) => {
    const lower = name.toLowerCase()
    if (lower.startsWith(text)) return 0
    const at = lower.indexOf(text)
    if (at < 0) return 3
    return /[\s_\-/]/.test(lower[at - 1] ?? '') ? 1 : 2
  }
  return classes
    .map((each) => ({ each, rank: rank(each) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.each)
}
