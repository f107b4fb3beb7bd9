// What the button beside a finding does to the settings of the next run: those of the run that was
// looked at, with one thing changed. Pure.
import type { Finding } from '../../../shared/diagnosis'
import type { RunConfig } from '../../../shared/runConfig'

/** Null for a finding that no setting answers. */
export function configFor(finding: Finding, of: RunConfig): RunConfig | null {
  const config: RunConfig = { ...(JSON.parse(JSON.stringify(of)) as RunConfig), preset: null }
  switch (finding.code) {
    case 'diverged':
    case 'rateTooHigh':
      return finding.rate === null ? null : withRate(config, finding.rate, 0.1)
    case 'rateTooLow':
      return finding.rate === null ? null : withRate(config, finding.rate, 10)
    case 'unfinished':
      return withEpochs(config, finding.epochs)
    case 'legMadeWorse':
      return config.legs && { ...config, legs: config.legs.slice(0, finding.leg - 1) }
    case 'overfitting':
    case 'neverPredicted':
      return null
  }
}

/** A part of the run with a rate of its own keeps its distance from the others. */
function withRate(config: RunConfig, rate: number, factor: number): RunConfig {
  const learningRate = Math.min(10, Number(rate.toPrecision(2)))
  const legs = config.legs?.map((leg) => ({
    ...leg,
    learningRate:
      leg.learningRate === null ? learningRate : Math.min(10, leg.learningRate * factor),
  }))
  return { ...config, learningRate, legs: legs ?? null }
}

/** With several parts the last one, in which everything that trains does, gets the further epochs. */
function withEpochs(config: RunConfig, epochs: number): RunConfig {
  const { legs } = config
  if (!legs?.length) return { ...config, epochs }
  const planned = legs.reduce((sum, leg) => sum + leg.epochs, 0)
  const last = legs[legs.length - 1]!
  const longer = { ...last, epochs: last.epochs + Math.max(0, epochs - planned) }
  return { ...config, legs: [...legs.slice(0, -1), longer] }
}
