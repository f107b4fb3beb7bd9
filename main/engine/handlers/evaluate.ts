import type { CallsBy, Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import { effectsOfBlocks, evaluateRun } from '../evaluation/evaluateRun'
import { predictBytes, predictPaths } from '../evaluation/model'

type Own = Handlers<Extract<CallsBy<'engine'>, `${'evaluate' | 'predict'}.${string}`>>

export function evaluateHandlers({ models, inputs, runner }: EngineContext): Own {
  const modelOf = (runId: string) => models.open(runner.existing(runId))
  return {
    'evaluate.run': async ({ runId, split }) => {
      const folder = runner.existing(runId)
      const photos = await inputs.photosToJudge(folder, split)
      return evaluateRun(await modelOf(runId), { folder, split, photos })
    },
    'evaluate.blocks': async ({ runId, split }) => {
      const photos = await inputs.photosToJudge(runner.existing(runId), split)
      return effectsOfBlocks(await modelOf(runId), photos)
    },
    'predict.pictures': async ({ runId, paths }) => predictPaths(await modelOf(runId), paths),
    'predict.image': async ({ runId, bytes }) => predictBytes(await modelOf(runId), bytes),
  }
}
