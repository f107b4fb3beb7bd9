// The benchmark's result as plain data: measured rows, the targets (bars) they are compared with, and
// what could not be measured and why. A bar without a value never counts as met.
import type { Precision } from '../shared/device'
import { median, spread } from './statistics'

export interface Row {
  readonly who: string
  readonly precision: Precision | null
  readonly what: string
  readonly unit: string
  /** The median of the rounds. */
  readonly value: number
  readonly spread: number
  readonly rounds: readonly number[]
}
export interface Bar {
  readonly what: string
  readonly comparison: 'at least' | 'under'
  readonly target: number
  /** null: not measured; `reason` says why. */
  readonly value: number | null
  readonly met: boolean | null
  readonly reason?: string
}
export interface Findings {
  readonly rows: readonly Row[]
  readonly bars: readonly Bar[]
  readonly notMeasured: readonly { readonly what: string; readonly reason: string }[]
  /** How a number was obtained, where that is not obvious (scaled, drawn pictures instead of photos). */
  readonly notes: readonly string[]
}
export interface WorkResult extends Findings {
  readonly work: string
  readonly about: string
  readonly seconds: number
}

/** @throws RangeError without rounds */
export function row(
  label: { who: string; what: string; unit: string; precision?: Precision | null },
  rounds: readonly number[],
): Row {
  return {
    who: label.who,
    precision: label.precision ?? null,
    what: label.what,
    unit: label.unit,
    value: median(rounds),
    spread: spread(rounds),
    rounds,
  }
}

/** `value` undefined or null: not measured, for that reason. */
export function bar(
  limit: Pick<Bar, 'what' | 'comparison' | 'target'>,
  value: number | null | undefined,
  reason = 'one of its sides was not measured',
): Bar {
  const { what, comparison, target } = limit
  if (value === null || value === undefined || !Number.isFinite(value))
    return { what, comparison, target, value: null, met: null, reason }
  const met = comparison === 'at least' ? value >= target : value < target
  return { what, comparison, target, value, met }
}

/** One value over another; null when either is missing. */
export const ratio = (over: Row | undefined, under: Row | undefined) =>
  over && under ? over.value / under.value : null
