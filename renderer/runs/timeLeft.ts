// How long a run still takes: its plan, leg by leg, put right by the epochs and photos measured so
// far. Pure; null where neither the plan nor a measurement says anything.
import type { EventOf } from '../../shared/runEvents'
import type { RunPlan } from '../../shared/runPlan'
import type { RunState } from '../../shared/runState'
import { isSolvedRun } from './exactHead'

type Leg = Pick<RunPlan['legs'][number], 'epochs' | 'secondsPerEpoch' | 'secondsBefore'>

/** Seconds to go, should it not end early. */
export function secondsLeft(state: RunState): number | null {
  if (!state.started) return null
  const { plan, config } = state.started
  if (isSolvedRun(state)) return solvingLeft(state, plan.secondsTotal)
  const legs: readonly Leg[] = plan.legs.length
    ? plan.legs
    : [{ epochs: config.epochs, secondsPerEpoch: plan.secondsPerEpoch, secondsBefore: null }]
  const pace = paceOf(state, legs)
  const now = Math.max(0, (state.legs[state.legs.length - 1]?.leg ?? 1) - 1)
  let total = 0
  for (const [i, leg] of legs.entries()) {
    // One that is behind may have ended early.
    if (i < now) continue
    const own = secondsOf(state, i)
    const left = leg.epochs - own.length
    if (left <= 0) continue
    const perEpoch = own.length ? mean(own) : times(leg.secondsPerEpoch, pace)
    if (perEpoch === null) return null
    total += left * perEpoch
    if (own.length === 0) total += before(state, leg, { pace, now: i === now })
  }
  return total
}

/** A head that is solved has no epochs to measure: what the plan says, and features by their own speed. */
function solvingLeft({ phase, computed }: RunState, foretold: number | null): number | null {
  if (phase?.phase === 'features' && phase.imagesPerSecond)
    return (phase.total - phase.done) / phase.imagesPerSecond
  return foretold === null ? null : Math.max(1, foretold - computed / 1000)
}

/** How measured epochs compare with the plan's; what is not begun will be as much off. */
function paceOf(state: RunState, legs: readonly Leg[]): number {
  let [measured, foretold] = [0, 0]
  legs.forEach(({ secondsPerEpoch }, i) => {
    const own = secondsOf(state, i)
    if (!secondsPerEpoch) return
    measured += own.reduce((sum, seconds) => sum + seconds, 0)
    foretold += own.length * secondsPerEpoch
  })
  return foretold > 0 ? measured / foretold : 1
}

/** What is to be done before a leg's first epoch; features that are being computed tell their speed. */
function before(state: RunState, leg: Leg, { pace, now }: { pace: number; now: boolean }) {
  const { phase, legs } = state
  const isOwn = now && phase && phase.sequence > (legs[legs.length - 1]?.sequence ?? -1)
  if (isOwn && phase.phase === 'training') return 0
  if (isOwn && phase.phase === 'features' && phase.imagesPerSecond)
    return (phase.total - phase.done) / phase.imagesPerSecond
  return times(leg.secondsBefore, pace) ?? 0
}

/** Of the epochs of the leg with this index, by where they stand between the legs' beginnings. */
function secondsOf({ legs, epochs }: RunState, index: number): number[] {
  const begin = beginOf(legs, index + 1) ?? (index === 0 ? -1 : Infinity)
  const end = beginOf(legs, index + 2) ?? Infinity
  return epochs
    .filter(({ sequence }) => sequence > begin && sequence < end)
    .map(({ seconds }) => seconds)
}
const beginOf = (legs: readonly EventOf<'leg'>[], number: number) =>
  legs.filter(({ leg }) => leg === number).pop()?.sequence

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const times = (value: number | null, factor: number) => (value === null ? null : value * factor)
