// Which of several runs to keep.
import type { RunSummary } from './run'

export interface Advice {
  readonly recommended: string | null
  readonly reason: 'bestAndCheapest' | 'withinNoise' | 'onlyOne'
  readonly front: readonly string[]
  readonly uncertainty: Readonly<Record<string, number>>
}
export function advise(runs: readonly RunSummary[]): Advice {
  const uncertainty = Object.fromEntries(
    runs.map(({ runId, bestValAccuracy, valPhotos }) => {
      const share = bestValAccuracy ?? 0
      return [runId, Math.sqrt((share * (1 - share)) / Math.max(1, valPhotos))]
    }),
  )
  const best = [...runs].sort((a, b) => (b.bestValAccuracy ?? 0) - (a.bestValAccuracy ?? 0))[0]
  return {
    recommended: best?.runId ?? null,
    reason: runs.length === 1 ? 'onlyOne' : 'bestAndCheapest',
    front: best ? [best.runId] : [],
    uncertainty,
  }
}
