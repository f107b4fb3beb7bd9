import type { CallsBy, Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import { blockEffects } from '../evaluation/blocks'
import { evaluateSamples, predictBytes, predictPaths } from '../evaluation/model'

type Own = Handlers<Extract<CallsBy<'engine'>, `${'evaluate' | 'predict'}.${string}`>>

export function evaluateHandlers({ models, inputs, runner }: EngineContext): Own {
  const modelOf = (runId: string) => models.open(runner.existing(runId))
  return {
    'evaluate.run': async ({ runId, split }) =>
      evaluateSamples(
        await modelOf(runId),
        inputs.samplesKnownTo(runner.existing(runId), split),
        split,
      ),
    'evaluate.blocks': async ({ runId, split }) =>
      blockEffects(await modelOf(runId), inputs.samplesKnownTo(runner.existing(runId), split)),
    'predict.pictures': async ({ runId, paths }) => predictPaths(await modelOf(runId), paths),
    'predict.image': async ({ runId, bytes }) => predictBytes(await modelOf(runId), bytes),
  }
}
