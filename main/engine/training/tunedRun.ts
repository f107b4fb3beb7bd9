// A run that tunes stages from an exactly solved head on (linear probing, then fine-tuning: Kumar et al.
// 2022) and keeps what wins on photos that taught none of it: the exact head alone, the tuned network, the
// exact head solved again above the tuned stages, or above weights between the tuned and the frozen ones
// (Wortsman et al. 2022). The weights on the disk are those of the exact head until another has won. A run
// that was cut off solves its heads again, from the same features, and tunes on from its checkpoint.
import { Failure } from '../../../shared/failure'
import type { View } from '../../../shared/network'
import type { RunNews } from '../../../shared/runEvents'
import { calibrate } from '../../../shared/statistics/calibration'
import { decodeJudgement, judgedPlaces } from '../../../shared/statistics/judgementCode'
import type { Features } from '../features/features'
import {
  answersOf,
  headTensors,
  outOfFoldFigure,
  type HeadOnViews,
  type SolvedHead,
} from '../heads/solveHead'
import type { Tensors } from '../network/tensor'
import type { Sample } from '../pictures/sample'
import { outOfFoldRows, writeOutOfFold } from '../runFiles/outOfFold'
import { startingTensors } from '../weights/startingNetwork'
import { CheckpointWriter } from './checkpointWriter'
import { Contest } from './contest'
import { computeFeatures, openLegFeatures } from './legFeatures'
import { retryWhenPossible } from './retryWhenPossible'
import { finished, heldOutFigure, save, saveNetwork, solve } from './solvedRun'
import { trainLegs } from './trainLegs'
import type { TrainingState } from './trainingState'
import { blended, tunedHead } from './tunedWeights'
import { isBalanced } from './validation'
import { WeightsState } from './weightsState'

/** Share of the tuned weights, and the candidates' names: with the tuned head, and with one solved above. */
const shares = [
  { share: 1, names: ['tuned', 'refitted'] },
  { share: 0.5, names: ['blended', 'blended'] },
] as const

/** @throws {Failure} run-stopped; dataset-too-small where fewer than two photos can be read; and what files
 *  and the device throw */
export async function* trainTuned(state: TrainingState, folder: string): AsyncGenerator<RunNews> {
  const { input } = state
  const { settings, samples, config } = input
  const start = new WeightsState(startingTensors(settings.network, input.weights, config.seed))
  const photos = [...samples.train, ...samples.val]
  const exact = yield* above(state, start, async function* (features) {
    const readable = features.readable(photos)
    const val = features.readable(samples.val)
    const train = features.readable(samples.train)
    if (train.length < 2) throw new Failure('dataset-too-small', { classes: train.length })
    const solved = yield* solve(state, features, readable)
    yield* retryWhenPossible(input.control, () =>
      save({ input, weights: start }, folder, { kept: solved.kept, photos, readable }),
    )
    yield { type: 'learningCurve', ...solved.learningCurve }
    const test = await heldOutFigure(features, { kept: solved.kept, test: samples.test })
    const fromTrain = yield* silently(solve(state, features, train))
    const logits = await answersTo(features, fromTrain, val)
    return { solved, readable, val, fromTrain, logits, test }
  })
  const { val, solved } = exact
  const contest = new Contest({
    labels: val.map(({ label }) => label),
    classes: samples.classes.length,
    balanced: isBalanced(config),
  })
  const head = exact.fromTrain.kept
  const entered = { trains: [], logits: exact.logits, weights: start, head, headTuned: false }
  yield contest.enter({ name: 'head', ...entered })
  if (val.length > 0) {
    const whole = exact.fromTrain.candidates.find(({ views }) => views.length === 1)!
    const from = new Map([...start.tensors, ...headTensors(whole.head)])
    yield* tune(state, folder, { contest, val, from })
    yield* enterTuned(state, { contest, val, from })
  }
  if (contest.kept.name !== 'head') return yield* endWith(state, folder, { contest, val, photos })
  const labels = exact.readable.map(({ label }) => label)
  const { outOfFoldLogits } = solved.kept.head
  state.countSeconds()
  yield finished(state, {
    figure:
      exact.test ?? outOfFoldFigure(solved.candidates, { labels, balanced: isBalanced(config) }),
    calibration: calibrate({ logits: outOfFoldLogits, labels, classes: samples.classes.length }),
    kept: solved.kept,
  })
}

/** Does something with the features of all photos above `weights`. */
async function* above<T>(
  state: TrainingState,
  weights: WeightsState,
  use: (features: Features) => AsyncGenerator<RunNews, T>,
): AsyncGenerator<RunNews, T> {
  const { input, limit } = state
  const { train, val, test } = input.samples
  const leg = input.settings.head!
  const features = await openLegFeatures({ input, limit, weights }, leg, { mirrored: false })
  try {
    yield* computeFeatures(state, features, [...train, ...val, ...test])
    return yield* use(features)
  } finally {
    await features.close()
  }
}

/** Without the penalties: the chart shows those of the first head only. */
async function* silently(
  solving: AsyncGenerator<RunNews, SolvedHead>,
): AsyncGenerator<RunNews, SolvedHead> {
  for (;;) {
    const next = await solving.next()
    if (next.done) return next.value
    if (next.value.type !== 'penalty') yield next.value
  }
}

const solvedOn = ({ candidates }: SolvedHead, views: readonly View[]) =>
  candidates.find((each) => each.views.length === views.length)!

const answersTo = async (
  features: Features,
  { kept }: { readonly kept: HeadOnViews },
  photos: readonly Sample[],
) => answersOf(kept.head, await features.read(photos), features.length)

interface Judging {
  readonly contest: Contest
  /** The photos that judge. */
  readonly val: readonly Sample[]
}
interface Tuning extends Judging {
  /** What tuning starts from, with the exact head for whole pictures. */
  readonly from: Tensors
}
const headNames = ['head_norm.running_mean', 'head_norm.running_var', 'fc.weight', 'fc.bias']

async function* tune(
  state: TrainingState,
  folder: string,
  { contest, val, from }: Tuning,
): AsyncGenerator<RunNews> {
  const { input, weights, progress } = state
  // A run that goes on has the head in its checkpoint.
  if (progress.saved === 0) for (const name of headNames) weights.set(name, from.get(name)!)
  const placeInVal = new Map(input.samples.val.map((photo, i) => [photo, i]))
  const total = input.settings.plan.epochs
  const places = judgedPlaces(input.samples.val.length)
  const isHopeless = () => {
    const last = state.epochs[state.epochs.length - 1]
    if (!last || last.epoch < total / 3 || places.length < input.samples.val.length) return false
    const judgement = decodeJudgement(last.judged, places.length)
    if (!judgement) return false
    return contest.isFarBehind(val.map((photo) => judgement.right[placeInVal.get(photo)!]!))
  }
  yield* trainLegs(state, new CheckpointWriter(folder, state, false), isHopeless)
}

/** The tuned weights and those half-way to them, each with the head as it was tuned and with one solved above
 *  the stages. */
async function* enterTuned(
  state: TrainingState,
  { contest, val, from }: Tuning,
): AsyncGenerator<RunNews> {
  const { settings, samples } = state.input
  const { trains } = settings.plan
  // Chosen by photos that had not taught: tuned features separate the photos that taught them too well.
  const { views } = contest.kept.head
  for (const { share, names } of shares) {
    const weights = blended(from, state.weights.tensors, share)
    yield* above(state, weights, async function* (features) {
      const tuned = { views, head: tunedHead(weights.tensors, views.length) }
      const logits = await answersTo(features, { kept: tuned }, val)
      const entered = { trains, weights }
      yield contest.enter({ ...entered, name: names[0], logits, head: tuned, headTuned: true })
      const readable = features.readable(samples.train)
      const kept = solvedOn(yield* silently(solve(state, features, readable)), views)
      const answers = await answersTo(features, { kept }, val)
      const again = { name: names[1], logits: answers, head: kept, headTuned: false }
      yield contest.enter({ ...entered, ...again })
    })
  }
}

/** The kept stages, with a head that all photos teach; how sure it is comes from photos that taught none of
 *  it, since tuned features separate the photos that taught them too well. */
async function* endWith(
  state: TrainingState,
  folder: string,
  { contest, val, photos }: Judging & { readonly photos: readonly Sample[] },
): AsyncGenerator<RunNews> {
  const { input } = state
  const { samples, control } = input
  const { kept } = contest
  const classes = samples.classes.length
  const labels = val.map(({ label }) => label)
  const calibration = calibrate({ logits: kept.logits, labels, classes })
  const temperature = calibration?.temperature ?? 1
  yield* above(state, kept.weights, async function* (features) {
    const last = kept.headTuned
      ? kept.head
      : solvedOn(
          yield* silently(solve(state, features, features.readable(photos))),
          kept.head.views,
        )
    // Exact heads have the temperature of their own folds divided out.
    const divisor = (temperature * kept.head.head.temperature) / last.head.temperature
    const head = {
      ...last.head,
      weight: last.head.weight.map((value) => value / divisor),
      bias: last.head.bias.map((value) => value / divisor),
    }
    const calibrated = { views: last.views, head }
    yield* retryWhenPossible(control, async () => {
      await writeOutOfFold(folder, {
        classes,
        logits: outOfFoldRows(
          photos,
          val,
          kept.logits.map((value) => value / temperature),
        ),
      })
      await saveNetwork({ input, weights: kept.weights }, folder, calibrated)
    })
    const figure =
      (await heldOutFigure(features, { kept: calibrated, test: samples.test })) ?? contest.figure()
    state.countSeconds()
    const bestEpoch = state.progress.epoch
    yield finished(state, { figure, calibration, kept: calibrated, bestEpoch })
  })
}
