// How long a run still takes: its plan, leg by leg, put right by the epochs and photos measured so
// far. Pure; null where neither the plan nor a measurement says anything.
import type { RunPlan, RunState } from '../../shared/run'

type Leg = Pick<RunPlan['legs'][number], 'epochs' | 'secondsPerEpoch' | 'secondsBefore'>

/** Seconds to go, should it not end early. */
export function secondsLeft(state: RunState): number | null {
  if (!state.started) return null
  const { plan, config } = state.started
  const legs: readonly Leg[] = plan.legs.length
    ? plan.legs
    : [{ epochs: config.epochs, secondsPerEpoch: plan.secondsPerEpoch, secondsBefore: null }]
  const pace = paceOf(state, legs)
  let begin = 0
  let total = 0
  for (const leg of legs) {
    const own = secondsOf(state, { after: begin, upTo: begin + leg.epochs })
    const done = Math.min(leg.epochs, Math.max(0, state.epochs.length - begin))
    const perEpoch = own.length ? mean(own) : times(leg.secondsPerEpoch, pace)
    if (done < leg.epochs) {
      if (perEpoch === null) return null
      total += (leg.epochs - done) * perEpoch
      if (done === 0) total += before(state, leg, { pace, now: state.epochs.length === begin })
    }
    begin += leg.epochs
  }
  return total
}

/** How measured epochs compare with the plan's; what is not begun will be as much off. */
function paceOf(state: RunState, legs: readonly Leg[]): number {
  let [measured, foretold, begin] = [0, 0, 0]
  for (const { epochs, secondsPerEpoch } of legs) {
    const own = secondsOf(state, { after: begin, upTo: begin + epochs })
    begin += epochs
    if (!secondsPerEpoch) continue
    measured += own.reduce((sum, seconds) => sum + seconds, 0)
    foretold += own.length * secondsPerEpoch
  }
  return foretold > 0 ? measured / foretold : 1
}

/** What is to be done before a leg's first epoch; features that are being computed tell their speed. */
function before(state: RunState, leg: Leg, { pace, now }: { pace: number; now: boolean }) {
  if (now && state.phase?.phase === 'training') return 0
  if (now && state.phase?.phase === 'features' && state.phase.imagesPerSecond)
    return (state.phase.total - state.phase.done) / state.phase.imagesPerSecond
  return times(leg.secondsBefore, pace) ?? 0
}

const secondsOf = (state: RunState, { after, upTo }: { after: number; upTo: number }) =>
  state.epochs.filter(({ epoch }) => epoch > after && epoch <= upTo).map(({ seconds }) => seconds)

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const times = (value: number | null, factor: number) => (value === null ? null : value * factor)
