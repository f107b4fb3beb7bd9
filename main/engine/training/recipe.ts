// What of a run's configuration the trainer's graph is written from.
import type { RunConfig } from '../../../shared/run'
import type { TrainingOptions } from '../graph/training'

export function recipeOf({
  optimizer,
  momentum,
  weightDecay,
  decayAll,
  clipNorm,
  averaging,
  mix,
}: RunConfig): Pick<TrainingOptions, 'optimizer' | 'mixes'> {
  const rules = { weightDecay, decayAll, clipNorm, averaging }
  return {
    mixes: mix !== 'none',
    optimizer:
      optimizer === 'sgd' ? { kind: 'sgd', momentum, ...rules } : { kind: 'adamw', ...rules },
  }
}
