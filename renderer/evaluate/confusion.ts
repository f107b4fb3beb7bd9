// What the confusion matrix shows: how strongly a cell is coloured and which photos lie behind it.
// Pure. Rows are the truth; a share is of its row, so that a small class is not drowned by a big one.
import type { Evaluation, JudgedPicture } from '../../shared/evaluation'

export interface Cell {
  readonly truth: number
  readonly predicted: number
}

/** The photos of a cell, the most confident first. */
export function photosOf(evaluation: Pick<Evaluation, 'pictures'>, cell: Cell): JudgedPicture[] {
  return evaluation.pictures
    .filter((picture) => picture.truth === cell.truth && picture.predicted === cell.predicted)
    .sort((a, b) => b.confidence - a.confidence)
}

/** The count's share of its row, 0 to 1. */
export function shareOfRow(confusion: readonly (readonly number[])[], cell: Cell): number {
  const row = confusion[cell.truth] ?? []
  const sum = row.reduce((total, count) => total + count, 0)
  return sum === 0 ? 0 : (row[cell.predicted] ?? 0) / sum
}

/** The cell to open first: the most frequent mistake, else the fullest cell of the diagonal. */
export function worstCell(confusion: readonly (readonly number[])[]): Cell | null {
  let worst: Cell | null = null
  let most = 0
  let right: Cell | null = null
  let mostRight = 0
  confusion.forEach((row, truth) =>
    row.forEach((count, predicted) => {
      if (truth !== predicted && count > most) [worst, most] = [{ truth, predicted }, count]
      if (truth === predicted && count > mostRight)
        [right, mostRight] = [{ truth, predicted }, count]
    }),
  )
  return worst ?? right
}

/** The neighbouring cell in the direction of an arrow key; the same one at the edge, null for other
 *  keys. */
export function nextCell(cell: Cell, key: string, size: number): Cell | null {
  const within = (value: number) => Math.min(size - 1, Math.max(0, value))
  switch (key) {
    case 'ArrowLeft':
      return { ...cell, predicted: within(cell.predicted - 1) }
    case 'ArrowRight':
      return { ...cell, predicted: within(cell.predicted + 1) }
    case 'ArrowUp':
      return { ...cell, truth: within(cell.truth - 1) }
    case 'ArrowDown':
      return { ...cell, truth: within(cell.truth + 1) }
    case 'Home':
      return { ...cell, predicted: 0 }
    case 'End':
      return { ...cell, predicted: size - 1 }
    default:
      return null
  }
}
