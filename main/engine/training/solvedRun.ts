// A run whose head is solved exactly: the features of all its photos once, then the head over a path of
// penalties (heads/solveHead.ts). All photos that are not held out as test teach; what is said of them comes
// from heads that had not seen them. It takes seconds, so a run that was cut off begins again and, from the
// same features, ends with the same numbers.
import { Failure } from '../../../shared/failure'
import type { Figure } from '../../../shared/figure'
import type { RunNews } from '../../../shared/runEvents'
import { calibrate } from '../../../shared/statistics/calibration'
import { figureOf } from '../../../shared/statistics/figures'
import { scoreOf } from '../../../shared/statistics/score'
import type { Features } from '../features/features'
import { penaltyCount } from '../heads/exactHead'
import {
  answersOf,
  headTensors,
  outOfFoldFigure,
  solveHead,
  type HeadOnViews,
  type SolvedHead,
} from '../heads/solveHead'
import type { Sample } from '../pictures/sample'
import { saveSolvedWeights } from '../runFiles/checkpoint'
import { outOfFoldRows, writeOutOfFold } from '../runFiles/outOfFold'
import { startingNetwork } from '../weights/startingNetwork'
import { computeFeatures, openLegFeatures } from './legFeatures'
import { retryWhenPossible } from './retryWhenPossible'
import type { TrainingState } from './trainingState'
import { isBalanced } from './validation'

/** @throws {Failure} run-stopped; dataset-too-small where fewer than two photos can be read; and what files
 *  and the device throw */
export async function* trainSolved(state: TrainingState, folder: string): AsyncGenerator<RunNews> {
  const { input } = state
  const { settings, samples, control } = input
  const leg = settings.legs[0]!
  yield { type: 'leg', leg: leg.leg, trains: [...leg.trains] }
  const features = await openLegFeatures(state, leg, { mirrored: false })
  try {
    const photos = [...samples.train, ...samples.val]
    yield* computeFeatures(state, features, [...photos, ...samples.test])
    const readable = features.readable(photos)
    if (readable.length < 2) throw new Failure('dataset-too-small', { classes: readable.length })
    const solved = yield* solve(state, features, readable)
    const { kept } = solved
    const labels = readable.map(({ label }) => label)
    const calibration = calibrate({
      logits: kept.head.outOfFoldLogits,
      labels,
      classes: samples.classes.length,
    })
    yield* retryWhenPossible(control, () => save(state, folder, { kept, photos, readable }))
    yield { type: 'learningCurve', ...solved.learningCurve }
    const figure =
      (await heldOutFigure(features, { kept, test: samples.test })) ??
      outOfFoldFigure(solved.candidates, { labels, balanced: isBalanced(input.config) })
    state.countSeconds()
    yield finished(state, { figure, calibration, kept })
  } finally {
    await features.close()
  }
}

/** Solves the head of these photos, and reports each penalty that was tried. */
export async function* solve(
  state: TrainingState,
  features: Features,
  readable: readonly Sample[],
): AsyncGenerator<RunNews, SolvedHead> {
  const { config, settings, samples, control } = state.input
  const { views } = settings.network
  const steps = penaltyCount * Math.max(1, views.length)
  let done = 0
  const phase = (): RunNews => ({
    type: 'phase',
    phase: 'training',
    done,
    total: steps,
    imagesPerSecond: null,
  })
  yield phase()
  const solving = solveHead(
    {
      features: await features.read(readable),
      views: views.length > 0 ? views : ['whole'],
      labels: readable.map(({ label }) => label),
      classes: samples.classes.length,
      groups: readable.map((photo) => photo.group ?? features.hashOf(photo)),
      balanced: isBalanced(config),
      seed: config.seed,
    },
    () => control.breathe(),
  )
  for (;;) {
    const next = await solving.next()
    if (next.done) return next.value
    const { penalty, trainLoss, trainAccuracy, outOfFold } = next.value.result
    yield {
      type: 'penalty',
      views: [...next.value.views],
      penalty,
      trainLoss,
      trainAccuracy,
      outOfFoldLoss: meanOf(outOfFold.loss),
      outOfFoldAccuracy: outOfFold.right.filter(Boolean).length / outOfFold.right.length,
    }
    done = Math.min(steps, done + 1)
    yield phase()
    yield* control.pausePoint()
  }
}

const meanOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

export interface Kept {
  readonly kept: HeadOnViews
  readonly photos: readonly Sample[]
  readonly readable: readonly Sample[]
}

/** Writes the network with this head, and what was said out of fold. */
export async function save(
  { input, weights }: Pick<TrainingState, 'input' | 'weights'>,
  folder: string,
  { kept, photos, readable }: Kept,
) {
  const classes = input.samples.classes.length
  const { outOfFoldLogits, temperature } = kept.head
  const calibrated = outOfFoldLogits.map((value) => value / temperature)
  await writeOutOfFold(folder, { logits: outOfFoldRows(photos, readable, calibrated), classes })
  await saveNetwork({ input, weights }, folder, kept)
}

/** Writes the network with this head. @throws {Failure} disk-full, not-writable */
export async function saveNetwork(
  { input, weights }: Pick<TrainingState, 'input' | 'weights'>,
  folder: string,
  { views, head }: HeadOnViews,
) {
  const { settings, samples, config } = input
  const { size, views: seen } = settings.network
  await saveSolvedWeights(folder, {
    network: startingNetwork(input.weights, {
      cut: config.cut,
      size,
      classes: samples.classes.length,
      views: seen.length > 0 ? views : [],
    }),
    tensors: new Map([...weights.tensors, ...headTensors(head)]),
  })
}

/** Of the test photos, which neither taught nor chose; null without any that can be read. */
export async function heldOutFigure(
  features: Features,
  { kept, test }: { readonly kept: HeadOnViews; readonly test: readonly Sample[] },
): Promise<Figure | null> {
  const readable = features.readable(test)
  const labels = readable.map(({ label }) => label)
  const logits = answersOf(kept.head, await features.read(readable), features.length)
  const { right } = scoreOf({ logits, labels, classes: kept.head.bias.length })
  return figureOf('heldOut', right.map(Number), labels)
}

export const finished = (
  { input, progress: { seconds } }: TrainingState,
  {
    figure,
    calibration,
    kept,
    bestEpoch = 0,
  }: {
    readonly figure: Figure | null
    readonly calibration: ReturnType<typeof calibrate>
    readonly kept: HeadOnViews
    /** The last epoch of a tuned network. */
    readonly bestEpoch?: number
  },
): RunNews => ({
  type: 'finished',
  bestEpoch,
  bestValAccuracy: figure?.accuracy ?? 0,
  chosenBy: isBalanced(input.config) ? 'balancedAccuracy' : 'accuracy',
  figure,
  calibration,
  head: { views: [...kept.views], penalty: kept.head.penalty },
  secondsTotal: seconds.total,
  secondsFeatures: seconds.features,
  imagesPerSecond:
    (input.samples.train.length + input.samples.val.length) / Math.max(0.001, seconds.total),
  peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  early: false,
})
