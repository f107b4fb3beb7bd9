// What of a run's configuration the trainer's graph is written from.
import type { RunConfig } from '../../../shared/runConfig'
import type { TrainerOptions } from '../tensorflow/trainer'

export function recipeOf({
  optimizer,
  momentum,
  weightDecay,
  decayAll,
  clipNorm,
  averaging,
  mix,
}: RunConfig): Pick<TrainerOptions, 'optimizer' | 'mixes'> {
  const rules = { weightDecay, decayAll, clipNorm, averaging }
  return {
    mixes: mix !== 'none',
    optimizer:
      optimizer === 'sgd' ? { kind: 'sgd', momentum, ...rules } : { kind: 'adamw', ...rules },
  }
}
