// A run's steps as columns of numbers, which charts can go through quickly. What must stay true: new
// steps are appended to the columns of those before, since a state's list of steps grows in place.
import { secondsAt, type RunState } from '../../../shared/run'
import { SmoothColumn } from './smoothing'

const measures = [
  'sequence',
  'step',
  'epoch',
  'seconds',
  'loss',
  'accuracy',
  'rate',
  'speed',
] as const
type Measure = (typeof measures)[number]
export type RunColumns = Readonly<Record<Measure, Float64Array>>

interface Store {
  readonly columns: Record<Measure, Float64Array>
  filled: number
  readonly soft: Map<Measure, SmoothColumn>
}
const stores = new WeakMap<RunState['steps'], Store>()

/** Columns of all steps so far; valid until more are asked for. Seconds leave pauses out. */
export function columnsOf(state: RunState): RunColumns {
  const { steps } = state
  const store = stores.get(steps) ?? { columns: fresh(64), filled: 0, soft: new Map() }
  stores.set(steps, store)
  if (steps.length > store.columns.step.length) grow(store, steps.length)
  const { columns } = store
  for (let i = store.filled; i < steps.length; i++) {
    const step = steps[i]!
    columns.sequence[i] = step.sequence
    columns.step[i] = step.step
    columns.epoch[i] = step.epoch
    columns.seconds[i] = Math.max(columns.seconds[i - 1] ?? 0, secondsAt(state, step.time))
    columns.loss[i] = step.loss
    columns.accuracy[i] = step.accuracy
    columns.rate[i] = step.learningRate
    columns.speed[i] = step.imagesPerSecond
  }
  store.filled = steps.length
  return each((measure) => columns[measure].subarray(0, steps.length))
}

/** A column, smoothed; only what is new is computed while `keep` stays the same. */
export function smoothColumnOf(state: RunState, measure: Measure, keep: number): Float64Array {
  const values = columnsOf(state)[measure]
  const { soft } = stores.get(state.steps)!
  const column = soft.get(measure)
  const mine = column?.keep === keep ? column : new SmoothColumn(keep)
  soft.set(measure, mine)
  return mine.extend(values)
}

function grow(store: Store, needed: number) {
  const bigger = fresh(2 * needed)
  for (const measure of measures) {
    bigger[measure].set(store.columns[measure].subarray(0, store.filled))
    store.columns[measure] = bigger[measure]
  }
}

const fresh = (length: number) => each(() => new Float64Array(length))
const each = (make: (measure: Measure) => Float64Array) =>
  Object.fromEntries(measures.map((measure) => [measure, make(measure)])) as Record<
    Measure,
    Float64Array
  >
