// From what a run with an exactly solved head reported to the lines of its charts: loss and accuracy over the
// penalty, for each set of views, and accuracy over the number of photos. Pure. Every x goes up.
import type { EventOf } from '../../../shared/runEvents'
import type { RunState } from '../../../shared/runState'
import { spanOf, type Curve, type Role } from './curves'
import type { Span } from './decimate'

export interface HeadCurves {
  readonly loss: readonly Curve[]
  readonly accuracy: readonly Curve[]
  readonly learning: readonly Curve[]
  /** The penalty that was chosen out of fold; null: not known yet, or the head was tuned without one. */
  readonly chosen: { readonly x: number; readonly closer: boolean } | null
  readonly whole: Span
  readonly wholeLearning: Span
}

type Penalty = EventOf<'penalty'>

/** Penalties stand on the axis from strong to weak, one unit for each power of ten. */
export const placeOfPenalty = (penalty: number) => -Math.log10(penalty)
export const penaltyAt = (x: number) => Number((10 ** -x).toPrecision(6))

export function headCurvesOf({ penalties, learningCurve, finished }: RunState): HeadCurves {
  const [whole, closer] = [false, true].map((wanted) => path(penalties, wanted)) as [
    Penalty[],
    Penalty[],
  ]
  const curves = (of: 'Loss' | 'Accuracy') =>
    [
      pathCurve('taughtWhole', whole, `train${of}`),
      pathCurve('outOfFoldWhole', whole, `outOfFold${of}`),
      pathCurve('taughtCloser', closer, `train${of}`),
      pathCurve('outOfFoldCloser', closer, `outOfFold${of}`),
    ].filter(({ x }) => x.length > 0)
  const loss = curves('Loss')
  const learning = learningCurves(learningCurve)
  const head = finished?.head
  return {
    loss,
    accuracy: curves('Accuracy'),
    learning,
    chosen:
      head && head.penalty > 0
        ? { x: placeOfPenalty(head.penalty), closer: head.views.includes('closer') }
        : null,
    whole: withRoom(spanOf(loss)),
    wholeLearning: withRoom(spanOf(learning)),
  }
}

/** What was chosen; until that is known the one of the least loss on photos that it had not seen. */
export function leadingPenalty({
  penalties,
  finished,
}: Pick<RunState, 'penalties' | 'finished'>): Penalty | null {
  const head = finished?.head
  if (head) {
    const closer = head.views.includes('closer')
    const chosen = path(penalties, closer).find(({ penalty }) => penalty === head.penalty)
    if (chosen) return chosen
  }
  return penalties.reduce<Penalty | null>(
    (least, each) => (least && least.outOfFoldLoss <= each.outOfFoldLoss ? least : each),
    null,
  )
}

/** So that no point lies on the edge. */
function withRoom({ min, max }: Span): Span {
  const room = 0.03 * (max - min) || 0.5
  return { min: min - room, max: max + room }
}

/** Strong to weak; of a penalty that was solved again the last. */
function path(penalties: readonly Penalty[], closer: boolean): Penalty[] {
  const own = penalties.filter(({ views }) => views.includes('closer') === closer)
  return [...new Map(own.map((each) => [each.penalty, each])).values()].sort(
    (a, b) => b.penalty - a.penalty,
  )
}

const pathCurve = (
  role: Role,
  own: readonly Penalty[],
  of: 'trainLoss' | 'trainAccuracy' | 'outOfFoldLoss' | 'outOfFoldAccuracy',
): Curve =>
  curve(
    role,
    own.map((each) => [placeOfPenalty(each.penalty), each[of]]),
  )

/** What was measured, and a line to what more photos are expected to bring. */
function learningCurves(learned: RunState['learningCurve']): Curve[] {
  if (!learned) return []
  const points = learned.points
    .map(({ photos, accuracy }): [number, number] => [photos, accuracy])
    .sort(([a], [b]) => a - b)
  const last = points[points.length - 1]
  const { more } = learned
  const ahead: [number, number][] =
    last && more ? [last, [last[0] + more.photos, Math.min(1, last[1] + more.gain)]] : []
  return [curve('learned', points), curve('foretold', ahead)].filter(({ x }) => x.length > 0)
}

const curve = (role: Role, points: readonly (readonly [number, number])[]): Curve => ({
  role,
  name: null,
  mark: 0,
  faint: false,
  x: points.map(([x]) => x),
  y: points.map(([, y]) => y),
})
