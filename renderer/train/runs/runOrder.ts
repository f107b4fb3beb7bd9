// Which runs the list shows, and in which order. Pure.
import type { RunSummary } from '../../../shared/runList'

export const runOrders = ['newest', 'accuracy', 'name', 'time'] as const
export type RunOrder = (typeof runOrders)[number]

/** The shown runs: those whose name or notes have every word of `text`, sorted; of equals the newer
 *  first. `nameOf` gives the name on the screen. */
export function arrangeRuns(
  runs: readonly RunSummary[],
  how: {
    readonly order: RunOrder
    readonly starred: boolean
    readonly text: string
    readonly nameOf: (run: RunSummary) => string
  },
): RunSummary[] {
  const words = how.text.toLowerCase().split(/\s+/).filter(Boolean)
  const has = (run: RunSummary) => {
    const all = `${how.nameOf(run)} ${run.notes}`.toLowerCase()
    return words.every((word) => all.includes(word))
  }
  const before: Readonly<Record<RunOrder, (a: RunSummary, b: RunSummary) => number>> = {
    newest: () => 0,
    accuracy: (a, b) => accuracyOf(b) - accuracyOf(a),
    name: (a, b) => how.nameOf(a).localeCompare(how.nameOf(b), undefined, { numeric: true }),
    time: (a, b) => a.seconds - b.seconds,
  }
  return runs
    .filter((run) => (run.star || !how.starred) && has(run))
    .sort((a, b) => before[how.order](a, b) || b.created - a.created)
}

const accuracyOf = ({ figure, bestValAccuracy }: RunSummary) =>
  figure?.accuracy ?? bestValAccuracy ?? -1
