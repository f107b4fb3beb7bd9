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
import { answersOf, headTensors, outOfFoldFigure, type SolvedHead } from '../heads/solveHead'
import type { Tensors } from '../network/tensor'
import type { Sample } from '../pictures/sample'
import { writeOutOfFold } from '../runFiles/outOfFold'
import { startingTensors } from '../weights/startingNetwork'
import { CheckpointWriter } from './checkpointWriter'
import { Contest } from './contest'
import { computeFeatures, openLegFeatures } from './legFeatures'
import { retryWhenPossible } from './retryWhenPossible'
import { finished, heldOutFigure, save, saveNetwork, solve, type HeadOnViews } from './solvedRun'
import { trainLegs } from './trainLegs'
import type { TrainingState } from './trainingState'
import { blended, tunedHead } from './tunedWeights'
import { isBalanced } from './validation'
import { WeightsState } from './weightsState'

/** Share of the tuned weights, and what candidates with them are called. */
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
  const alone = yield* above(state, start, async function* (features) {
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
    const taught = yield* silently(solve(state, features, train))
    const logits = await answersTo(features, taught, val)
    return { solved, readable, val, taught, logits, test }
  })
  const { val, solved } = alone
  const contest = new Contest({
    labels: val.map(({ label }) => label),
    classes: samples.classes.length,
    balanced: isBalanced(config),
  })
  const head = alone.taught.kept
  const entered = { trains: [], logits: alone.logits, weights: start, head, headTuned: false }
  yield contest.enter({ name: 'head', ...entered })
  if (val.length > 0) {
    const whole = alone.taught.candidates.find(({ views }) => views.length === 1)!
    const from = new Map([...start.tensors, ...headTensors(whole.head)])
    yield* tune(state, folder, { contest, val, from })
    yield* enterTuned(state, { contest, val, from })
  }
  if (contest.kept.name !== 'head') return yield* endWith(state, folder, { contest, val, photos })
  const labels = alone.readable.map(({ label }) => label)
  const { outOfFoldLogits } = solved.kept.head
  state.countSeconds()
  yield finished(state, {
    figure:
      alone.test ?? outOfFoldFigure(solved.candidates, { labels, balanced: isBalanced(config) }),
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

/** Without telling of penalties: the curve room shows those of the first head. */
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

const answersTo = async (features: Features, { kept }: Solved, photos: readonly Sample[]) =>
  answersOf(kept.head, await features.read(photos), features.length)
type Solved = { readonly kept: HeadOnViews }

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
  // Later its checkpoint has the head.
  if (progress.saved === 0) for (const name of headNames) weights.set(name, from.get(name)!)
  const place = new Map(input.samples.val.map((photo, i) => [photo, i]))
  const total = input.settings.plan.epochs
  const places = judgedPlaces(input.samples.val.length)
  const isHopeless = () => {
    const last = state.epochs[state.epochs.length - 1]
    if (!last || last.epoch < total / 3 || places.length < input.samples.val.length) return false
    const said = decodeJudgement(last.judged, places.length)
    return said !== null && contest.isFarBehind(val.map((photo) => said.right[place.get(photo)!]!))
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
        logits: rowsOf(photos, val, kept.logits, temperature),
      })
      await saveNetwork({ input, weights: kept.weights }, folder, calibrated)
    })
    const figure =
      (await heldOutFigure(features, { kept: calibrated, test: samples.test })) ?? contest.figure()
    state.countSeconds()
    yield {
      ...finished(state, { figure, calibration, kept: calibrated }),
      bestEpoch: state.progress.epoch,
    } as RunNews
  })
}

/** [photos, classes]: the logits of those that judged, NaN for the others. */
function rowsOf(
  photos: readonly Sample[],
  judging: readonly Sample[],
  logits: Float32Array,
  temperature: number,
): Float32Array {
  const classes = logits.length / judging.length
  const place = new Map(photos.map((photo, i) => [photo, i]))
  const rows = new Float32Array(photos.length * classes).fill(NaN)
  judging.forEach((photo, n) => {
    const row = logits.slice(n * classes, (n + 1) * classes).map((value) => value / temperature)
    rows.set(row, place.get(photo)! * classes)
  })
  return rows
}
