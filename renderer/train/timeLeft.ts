// How long a run still takes, from what it has already done. Pure; null until one epoch has ended
// and no estimate was made before.
import type { RunState } from '../../shared/run'

/** Seconds to go, from the mean of the epochs so far, else from the plan's estimate. */
export function secondsLeft(state: RunState): number | null {
  const started = state.started
  if (!started) return null
  const total = plannedEpochs(started)
  const done = state.epochs.length
  if (done > 0) {
    const mean = state.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0) / done
    return Math.max(0, total - done) * mean
  }
  return started.plan.secondsTotal
}

/** Of all parts of a run together. */
export const plannedEpochs = ({ plan, config }: NonNullable<RunState['started']>) =>
  plan.epochs || config.epochs
