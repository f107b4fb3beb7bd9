// Thorough's candidates as rows with bars on one common axis, and what they come to. Pure.
import type { Candidate } from '../../../shared/figure'
import type { Stage } from '../../../shared/network'

export interface CandidateRow extends Candidate {
  /** The one that the run ends with. */
  readonly final: boolean
  /** Of 100 units: the gain with one standard error to either side; null for the first. */
  readonly bar: {
    readonly zero: number
    readonly value: number
    readonly low: number
    readonly high: number
  } | null
}

const edge = 4

export function candidateRows(candidates: readonly Candidate[]): CandidateRow[] {
  const reach = candidates.map(({ gain, gainError }) => Math.abs(gain ?? 0) + (gainError ?? 0))
  const most = Math.max(0.001, ...reach)
  const x = (gain: number) => 50 + (gain / most) * (50 - edge)
  const last = candidates.map(({ kept }) => kept).lastIndexOf(true)
  return candidates.map((candidate, at) => {
    const { gain, gainError } = candidate
    const error = gainError ?? 0
    const bar =
      gain === null
        ? null
        : { zero: x(0), value: x(gain), low: x(gain - error), high: x(gain + error) }
    return { ...candidate, final: at === last, bar }
  })
}

/** What is kept, the stages that were tried or that it trained, and its gain over the first; null where
 *  nothing was compared. */
export function verdictOf(
  candidates: readonly Candidate[],
): { kept: Candidate['name']; trains: readonly Stage[]; gain: number } | null {
  const first = candidates[0]
  const kept = [...candidates].reverse().find((each) => each.kept) ?? first
  if (!first || !kept || candidates.length < 2) return null
  const tried = candidates.reduce<readonly Stage[]>(
    (most, { trains }) => (trains.length > most.length ? trains : most),
    [],
  )
  return {
    kept: kept.name,
    trains: kept.trains.length ? kept.trains : tried,
    gain: kept.accuracy - first.accuracy,
  }
}
