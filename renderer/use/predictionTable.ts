// Predictions of many files as a table, and as CSV that a spreadsheet opens: quoted where a name
// needs it, and never read as a formula there.
import type { Prediction } from '../../shared/evaluation'
import { describeReason } from '../../shared/reason'

/** Columns: file, label, confidence, problem; one line a file, in the given order. */
export function predictionsToCsv(predictions: readonly Prediction[]): string {
  const lines = predictions.map((p) => [
    p.path,
    p.label,
    p.problem === null ? p.confidence.toFixed(4) : '',
    p.problem ? describeReason(p.problem) : '',
  ])
  return (
    [['file', 'label', 'confidence', 'problem'], ...lines]
      .map((line) => line.map(field).join(','))
      .join('\r\n') + '\r\n'
  )
}

function field(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

/** The last part of a path, of either kind of slash. */
export const fileName = (path: string) => path.split(/[\\/]/).at(-1) || path
