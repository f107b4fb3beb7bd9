// Smoothing of a curve that grows: an exponential mean without the pull towards zero that a plain one
// has at its start (Kingma and Ba 2015, section 3). Values that are no number stay as they are.
import type { RunState, StepColumn } from '../../../shared/runState'

export class SmoothColumn {
  private values = new Float64Array(64)
  private filled = 0
  private mean = 0
  private weight = 0

  /** @param keep the share of the old in every mean, from 0 to below 1 */
  constructor(readonly keep: number) {}

  /** Takes the values so far, of which the earlier ones are those of before; answers as many. */
  extend(values: ArrayLike<number>): Float64Array {
    if (values.length > this.values.length) {
      const bigger = new Float64Array(2 * values.length)
      bigger.set(this.values.subarray(0, this.filled))
      this.values = bigger
    }
    for (; this.filled < values.length; this.filled++)
      this.values[this.filled] = this.next(values[this.filled]!)
    return this.values.subarray(0, values.length)
  }

  private next(value: number): number {
    if (!Number.isFinite(value)) return value
    this.mean = this.keep * this.mean + (1 - this.keep) * value
    this.weight = this.keep * this.weight + (1 - this.keep)
    return this.mean / this.weight
  }
}

export const smoothed = (values: ArrayLike<number>, keep: number) =>
  new SmoothColumn(keep).extend(values)

type Steps = RunState['steps']
const smoothColumns = new WeakMap<Steps, Map<StepColumn, SmoothColumn>>()

/** A column of a run's steps, smoothed; only new steps are computed while `keep` stays the same. */
export function smoothStepColumn(steps: Steps, name: StepColumn, keep: number): Float64Array {
  const known = smoothColumns.get(steps) ?? new Map<StepColumn, SmoothColumn>()
  smoothColumns.set(steps, known)
  const before = known.get(name)
  const column = before?.keep === keep ? before : new SmoothColumn(keep)
  known.set(name, column)
  return column.extend(steps.column(name))
}
