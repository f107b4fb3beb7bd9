// How good the kept weights are on photos that neither taught nor chose them, for the end of a run.
import type { Figure } from '../../../shared/figure'
import { crossFittedFigure, figureOf } from '../../../shared/statistics/figures'
import { decodeJudgement, judgedPlaces } from '../../../shared/statistics/judgementCode'
import { largest } from '../../../shared/statistics/metrics'
import { readRunWeights } from '../runFiles/checkpoint'
import { runPaths } from '../runFiles/runFolder'
import { openInference } from '../tensorflow/inference'
import { pictureSource } from './sources'
import type { TrainingState } from './trainingState'
import { isBalanced } from './validation'

/** By the test photos, where the run has any; else by the validation photos, each judged by the epoch that
 *  the others choose. Null where there is neither, or where epochs are from an earlier version.
 *  @throws {Failure} run-stopped, out-of-memory, and what reading weights throws */
export const figureOfRun = async (state: TrainingState, folder: string): Promise<Figure | null> =>
  (await heldOutFigure(state, folder)) ?? validationFigure(state)

function validationFigure({ input, progress, epochs }: TrainingState): Figure | null {
  const { val } = input.samples
  const places = judgedPlaces(val.length)
  const judgements = epochs
    .filter(({ epoch }) => epoch > progress.choiceFrom)
    .map(({ judged }) => decodeJudgement(judged, places.length))
  if (places.length === 0) return null
  return judgements.every((judgement) => judgement !== null)
    ? crossFittedFigure(judgements, {
        labels: places.map((i) => val[i]!.label),
        balanced: isBalanced(input.config),
      })
    : null
}

async function heldOutFigure(
  { input, progress, limit }: TrainingState,
  folder: string,
): Promise<Figure | null> {
  const { settings, samples, control } = input
  if (samples.test.length === 0 || progress.best === null) return null
  const inference = await openInference({
    network: settings.network,
    tensors: (await readRunWeights(runPaths(folder).weights)).tensors,
    precision: settings.plan.precision,
    input: 'pixels',
  })
  try {
    const answers = await pictureSource(input, settings).answers(samples.test, {
      logits: (pixels, count) =>
        limit.rows(count, pixels, (part, size) => inference.run(part, size)),
      breathe: () => control.breathe(),
    })
    const read = answers.flatMap((row, i) => (row ? [{ row, label: samples.test[i]!.label }] : []))
    return figureOf(
      'heldOut',
      read.map(({ row, label }) => (largest(row) === label ? 1 : 0)),
      read.map(({ label }) => label),
    )
  } finally {
    inference.dispose()
  }
}
