// The runs that left a model behind: those that finished, and those that were stopped after at
// least one epoch, whose best epoch was kept.
import type { RunSummary } from '../../shared/runList'

/** The newest first. */
export function usableRuns(runs: readonly RunSummary[]): RunSummary[] {
  return runs
    .filter(
      (run) =>
        run.status === 'finished' || (run.status === 'stopped' && run.bestValAccuracy !== null),
    )
    .sort((a, b) => b.created - a.created)
}
