// One run of a preset, as the app would make it, on the photos that teach; then the held-back photos, which
// the run has never seen, judge its model.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createDevice } from '../../main/engine/device/device'
import { openModel, predictPaths } from '../../main/engine/evaluation/model'
import { homePaths, type Home } from '../../main/engine/files/home'
import { costsOf } from '../../main/engine/plan/costs'
import { presetOffers } from '../../main/engine/plan/presetOffers'
import { countsOf } from '../../main/engine/plan/sampleCounts'
import { samplesOf } from '../../main/engine/plan/samples'
import { startRun } from '../../main/engine/training/startRun'
import { startingWeights } from '../../main/engine/weights/startingWeights'
import { RunConfig, type Preset } from '../../shared/runConfig'
import type { RunEvent } from '../../shared/runEvents'
import { reduceRun } from '../../shared/runState'
import type { Answered } from './peer'
import type { PhotoSet } from './photoSet'
import type { Measured } from './results'

export interface Lesson {
  readonly set: PhotoSet
  /** Places of the photos that teach and of those that judge. */
  readonly taught: readonly number[]
  readonly held: readonly number[]
  readonly seed: number
}
export interface PresetAsked extends Lesson {
  readonly home: Home
  readonly weights: string
  readonly preset: Preset
}
type Ran = Answered & Pick<Measured, 'secondsForetold' | 'secondsFeatures' | 'figure'>

export async function runPreset(asked: PresetAsked): Promise<Ran> {
  const { home, set, preset } = asked
  const config = RunConfig.parse({ weights: asked.weights, seed: asked.seed })
  const samples = samplesOf(
    asked.taught.map((i) => {
      const { path, className, hash } = set.photos[i]!
      return { id: path, path, className, hash, split: null }
    }),
    config,
  )
  const weights = await startingWeights(home, config)
  const computing = createDevice(home)
  const { device, versions } = await computing.status()
  const precision = await computing.precision('auto')
  const photos = [...samples.train, ...samples.val]
  const costs = await costsOf({ home, device, precision, weights, photos })
  const input = { config, samples, weights, precision, costs }
  const offer = presetOffers({
    ...input,
    counts: countsOf(samples),
    train: () => samples.train,
    cacheRoot: homePaths(home).features,
  }).find((one) => one.preset === preset)
  if (!offer) throw new Error(`There is no preset ${preset}`)
  // Two benches may measure at the same time.
  const folder = join(home.folder, `run-${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(homePaths(home).features, { recursive: true })
  const begun = performance.now()
  const started = await startRun({
    ...{ ...input, home, versions, config: offer.config },
    ...{ runId: 'run', folder },
  })
  const events: RunEvent[] = []
  for await (const event of started.events) events.push(event)
  const seconds = (performance.now() - begun) / 1000
  const { finished, failure } = reduceRun(events)
  if (!finished) throw new Error(failure?.message ?? 'The run did not finish')
  const probabilities = await answersOf(folder, asked)
  rmSync(folder, { recursive: true, force: true })
  return {
    probabilities,
    seconds,
    chose: finished.head
      ? `${finished.head.views.join('+')}, penalty ${finished.head.penalty.toPrecision(2)}`
      : `epoch ${finished.bestEpoch}`,
    secondsForetold: offer.plan.secondsTotal,
    secondsFeatures: finished.secondsFeatures,
    figure: finished.figure,
  }
}

/** Probabilities by the numbers of the set's classes. A class that taught nothing has 0. */
async function answersOf(run: string, { set, held }: Lesson): Promise<number[][]> {
  const model = await openModel(run)
  try {
    const predictions = await predictPaths(
      model,
      held.map((i) => set.photos[i]!.path),
    )
    return predictions.map(({ scores, problem, path }) => {
      if (problem) throw new Error(`${path} cannot be read`)
      const byName = new Map(scores.map(({ label, score }) => [label, score]))
      return set.classes.map((name) => byName.get(name) ?? 0)
    })
  } finally {
    model.inference.dispose()
  }
}
