// From what a run reported to the lines of the charts: by step, epoch or time, raw or smoothed, with
// other runs behind as plain validation curves. Pure. Every x goes up.
import type { EndedEpoch, RunState, StepColumn } from '../../../shared/runState'
import type { Stage } from '../../../shared/network'
import type { Points, Span } from './decimate'
import { smoothed, smoothStepColumn } from './smoothing'
import { countUpTo } from './sortedColumn'

export const axes = ['step', 'epoch', 'time'] as const
/** Time in seconds, pauses left out. */
export type By = (typeof axes)[number]
/** `penalty` and `photos` are those of headCurves.ts. */
export type Axis = By | 'penalty' | 'photos'
/** `earlier` is any run behind, in grey; `other` one that is compared. */
export type Role =
  | ('training' | 'validation' | 'rate' | 'speed' | 'earlier' | 'other')
  | ('taughtWhole' | 'outOfFoldWhole' | 'taughtCloser' | 'outOfFoldCloser')
  | ('learned' | 'foretold')
export interface Curve extends Points {
  readonly role: Role
  /** Of another run; null: the one that is shown. */
  readonly name: string | null
  /** Which of the compared runs, from 0. */
  readonly mark: number
  /** What the smoothed curve of the same role was made from. */
  readonly faint: boolean
}
/** Another run behind the one that is shown; `mark` null: grey. */
export interface Behind {
  readonly state: RunState
  readonly name: string
  readonly mark: number | null
}
/** Where other stages begin to train. */
export interface LegMark {
  readonly x: number
  readonly trains: readonly Stage[]
}
export const chartNames = ['loss', 'accuracy', 'rate', 'speed'] as const
export type ChartName = (typeof chartNames)[number]
export interface Curves extends Readonly<Record<ChartName, readonly Curve[]>> {
  /** Where the best epoch lies on x; null before the first epoch has ended. */
  readonly bestX: number | null
  readonly legs: readonly LegMark[]
  /** From the first to the last x of all curves. */
  readonly whole: Span
}

export function curvesOf(
  state: RunState,
  options: { readonly by: By; readonly smoothing: number; readonly behind: readonly Behind[] },
): Curves {
  const { by, smoothing, behind } = options
  const judged = (of: 'loss' | 'accuracy') => [
    ...behind.map((run) => otherRun(run, validation(run.state, by, of))),
    ...softened(own('training', training(state, by, of)), smoothing, () =>
      by === 'epoch'
        ? smoothed(training(state, by, of).y, smoothing)
        : smoothStepColumn(state.steps, of, smoothing),
    ),
    own('validation', validation(state, by, of)),
  ]
  const measured = (role: 'rate' | 'speed') => [
    ...behind
      .filter(({ mark }) => mark !== null)
      .map((run) => otherRun(run, perStep(run.state, by, role))),
    ...softened(own(role, perStep(state, by, role)), role === 'speed' ? smoothing : 0, () =>
      smoothStepColumn(state.steps, columnOf[role], smoothing),
    ),
  ]
  const charts = {
    loss: judged('loss'),
    accuracy: judged('accuracy'),
    rate: measured('rate'),
    speed: measured('speed'),
  }
  return {
    ...charts,
    bestX: state.best ? placeOf(state, by)(state.best) : null,
    legs: legMarks(state, by),
    whole: spanOf([...charts.loss, ...charts.rate]),
  }
}

const own = (role: Role, points: Points): Curve => ({
  role,
  name: null,
  mark: 0,
  faint: false,
  ...points,
})
const otherRun = ({ name, mark }: Behind, points: Points): Curve => ({
  role: mark === null ? 'earlier' : 'other',
  name,
  mark: mark ?? 0,
  faint: false,
  ...points,
})

const axisOf = ({ steps }: RunState, by: By) => steps.column(by === 'time' ? 'seconds' : by)

const columnOf = {
  loss: 'loss',
  accuracy: 'accuracy',
  rate: 'learningRate',
  speed: 'imagesPerSecond',
} as const satisfies Readonly<Record<ChartName, StepColumn>>

const perStep = (state: RunState, by: By, chart: ChartName): Points => ({
  x: axisOf(state, by),
  y: state.steps.column(columnOf[chart]),
})

/** By epoch the mean over each epoch, as it was reported. */
function training(state: RunState, by: By, of: 'loss' | 'accuracy'): Points {
  if (by !== 'epoch') return perStep(state, by, of)
  return {
    x: state.epochs.map(({ epoch }) => epoch),
    y: state.epochs.map((each) => (of === 'loss' ? each.trainLoss : each.trainAccuracy)),
  }
}

function validation(state: RunState, by: By, of: 'loss' | 'accuracy'): Points {
  return {
    x: state.epochs.map(placeOf(state, by)),
    y: state.epochs.map((each) => (of === 'loss' ? each.valLoss : each.valAccuracy)),
  }
}

/** Where an epoch ended: at its last step, or in time once it had been judged. */
function placeOf(state: RunState, by: By): (epoch: EndedEpoch) => number {
  if (by === 'epoch') return ({ epoch }) => epoch
  if (by === 'time') return ({ secondsSoFar }) => secondsSoFar
  const [step, epoch] = [state.steps.column('step'), state.steps.column('epoch')]
  const started = state.started
  const perEpoch = started ? Math.ceil(started.plan.trainPhotos / started.config.batch) : 1
  return (event) => step[countUpTo(epoch, event.epoch + 1e-9) - 1] ?? event.epoch * perEpoch
}

/** The first part of a run begins with it and needs no mark. */
function legMarks(state: RunState, by: By): LegMark[] {
  if (state.legs.length === 0) return []
  const [sequences, axis] = [state.steps.column('sequence'), axisOf(state, by)]
  return state.legs.flatMap(({ sequence, trains }) => {
    const before = countUpTo(sequences, sequence)
    return before === 0 ? [] : [{ x: axis[before - 1]!, trains }]
  })
}

/** From the first to the last x of all curves. */
export function spanOf(curves: readonly Curve[]): Span {
  let [min, max] = [Infinity, -Infinity]
  for (const { x } of curves) {
    if (x.length === 0) continue
    min = Math.min(min, x[0]!)
    max = Math.max(max, x[x.length - 1]!)
  }
  return min <= max ? { min, max } : { min: 0, max: 1 }
}

/** How many points of this run a chart shows, each once. */
export const pointsIn = (curves: readonly Curve[]) =>
  curves.reduce((sum, { faint, name, y }) => sum + (faint || name ? 0 : y.length), 0)

/** With what it was made from behind it; `soften` is asked only when something is to be smoothed. */
function softened(curve: Curve, keep: number, soften: () => Points['y']): Curve[] {
  return keep === 0
    ? [curve]
    : [
        { ...curve, faint: true },
        { ...curve, y: soften() },
      ]
}

/** The newest value at or before x; null when there is none. */
export function valueAt({ x, y }: Points, at: number): number | null {
  return y[countUpTo(x, at) - 1] ?? null
}

/** One table for all curves: a row an x, an empty field where a curve has no value there. `written` is
 *  what stands in the file for an x. */
export function curvesToCsv(
  named: readonly { readonly name: string; readonly curve: Points }[],
  by: Axis,
  written: (x: number) => number = (x) => x,
): string {
  const columns = named.map(
    ({ curve }) => new Map(Array.from(curve.x, (x, i) => [x, curve.y[i]!] as const)),
  )
  const all = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b)
  const rows = all.map((x) =>
    [written(x), ...columns.map((column) => column.get(x) ?? '')].join(','),
  )
  const heads = named.map(({ name }) =>
    /[",\n]/.test(name) ? `"${name.replace(/"/g, '""')}"` : name,
  )
  return [[by, ...heads].join(','), ...rows].join('\n') + '\n'
}
