// Formats the result as a table for people; the JSON holds the same data.
import type { Bar, Row, WorkResult } from './result'

/** Columns side by side, numbers to the right. */
export function columns(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]!.length)))
  return lines.map((line) =>
    line
      .map((cell, i) =>
        /^-?[\d.]+$/.test(cell) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
      )
      .join('  ')
      .trimEnd(),
  )
}

export function tableOf({ work, about, rows, bars, notMeasured, notes, seconds }: WorkResult) {
  return [
    '',
    `== ${work}: ${about} (${seconds.toFixed(0)} s)`,
    ...columns(rows.map(rowCells)),
    ...bars.map(barLine),
    ...notMeasured.map(({ what, reason }) => `not measured: ${what}: ${reason}`),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n')
}

const rowCells = ({ who, precision, what, unit, value, spread, rounds }: Row) => [
  who,
  precision ?? '',
  what,
  shown(value),
  unit,
  rounds.length > 1 ? `+- ${((spread * 100) / 2).toFixed(1)} % of ${rounds.length}` : '',
]

function barLine({ what, comparison, target, value, met, reason }: Bar) {
  const asked = `${comparison} ${shown(target)}`
  return value === null
    ? `bar  ----  ${what}: ${asked}, not measured (${reason})`
    : `bar  ${met ? 'met ' : 'MISS'}  ${what}: ${shown(value)}, ${asked}`
}

const shown = (value: number) =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
