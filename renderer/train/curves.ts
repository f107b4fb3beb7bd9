// From what a run reported to the lines of the charts: by step or by epoch, raw or smoothed, with
// earlier runs as plain validation curves. Pure. x is a step or an epoch number, as it was reported.
import type { RunState } from '../../shared/run'

export type By = 'step' | 'epoch'
export type Role = 'training' | 'validation' | 'earlier' | 'rate'
export interface Curve {
  readonly role: Role
  readonly x: readonly number[]
  readonly y: readonly number[]
}
export interface Curves {
  readonly loss: readonly Curve[]
  readonly accuracy: readonly Curve[]
  readonly rate: readonly Curve[]
  /** Where the best epoch lies on x; null before the first epoch has ended. */
  readonly bestX: number | null
}

export function curvesOf(
  state: RunState,
  options: { readonly by: By; readonly smooth: boolean; readonly earlier: readonly RunState[] },
): Curves {
  const { by, earlier } = options
  const soften = (values: readonly number[]) =>
    options.smooth ? smoothed(values, by === 'step' ? 0.85 : 0.6) : values
  const end = endOfEpoch(state, by)
  const training = (loss: boolean): Curve =>
    by === 'step'
      ? {
          role: 'training',
          x: state.steps.map((step) => step.step),
          y: soften(state.steps.map((step) => (loss ? step.loss : step.accuracy))),
        }
      : {
          role: 'training',
          x: state.epochs.map((e) => e.epoch),
          y: soften(state.epochs.map((e) => (loss ? e.trainLoss : e.trainAccuracy))),
        }
  const validation = (run: RunState, role: Role, loss: boolean): Curve => ({
    role,
    x: run.epochs.map((epoch) => endOfEpoch(run, by)(epoch.epoch)),
    y: run.epochs.map((epoch) => (loss ? epoch.valLoss : epoch.valAccuracy)),
  })
  const both = (loss: boolean) => [
    ...earlier.map((run) => validation(run, 'earlier', loss)),
    training(loss),
    validation(state, 'validation', loss),
  ]
  const rate: Curve = {
    role: 'rate',
    x: state.steps.map((step) => (by === 'step' ? step.step : step.epoch)),
    y: state.steps.map((step) => step.learningRate),
  }
  return {
    loss: both(true),
    accuracy: both(false),
    rate: [by === 'epoch' ? lastPerX(rate) : rate],
    bestX: state.best ? end(state.best.epoch) : null,
  }
}

/** How many points of this run (not of earlier ones) a chart shows. */
export const pointsIn = (curves: readonly Curve[]) =>
  curves.reduce((sum, curve) => sum + (curve.role === 'earlier' ? 0 : curve.y.length), 0)

/** An exponential mean without the pull towards zero that a plain one has at its start. */
export function smoothed(values: readonly number[], keep: number): number[] {
  let mean = 0
  let weight = 0
  return values.map((value) => {
    if (!Number.isFinite(value)) return value
    mean = keep * mean + (1 - keep) * value
    weight = keep * weight + (1 - keep)
    return mean / weight
  })
}

/** The step that an epoch ended with; the epoch itself when x counts epochs. */
function endOfEpoch(state: RunState, by: By): (epoch: number) => number {
  if (by === 'epoch') return (epoch) => epoch
  const last = new Map<number, number>()
  for (const step of state.steps)
    last.set(step.epoch, Math.max(step.step, last.get(step.epoch) ?? 0))
  const started = state.started
  const perEpoch = started ? Math.ceil(started.plan.trainPhotos / started.config.batch) : 1
  return (epoch) => last.get(epoch) ?? epoch * perEpoch
}

function lastPerX(curve: Curve): Curve {
  const last = new Map(curve.x.map((x, i) => [x, curve.y[i]!]))
  return { role: curve.role, x: [...last.keys()], y: [...last.values()] }
}

/** One table for all curves: a row an x, an empty field where a curve has no value there. */
export function curvesToCsv(
  named: readonly { readonly name: string; readonly curve: Curve }[],
  by: By,
): string {
  const columns = named.map(({ curve }) => new Map(curve.x.map((x, i) => [x, curve.y[i]!])))
  const all = [...new Set(named.flatMap(({ curve }) => curve.x))].sort((a, b) => a - b)
  const rows = all.map((x) => [x, ...columns.map((column) => column.get(x) ?? '')].join(','))
  return [[by, ...named.map(({ name }) => name)].join(','), ...rows].join('\n') + '\n'
}
