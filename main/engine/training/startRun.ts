// Begins a run: weights, plan, folder; then numbers and stores what the loop tells. The window and
// the headless program both start runs here.
import { createHash } from 'node:crypto'
import type { RunConfig } from '../../../shared/runConfig'
import type { RunEvent, RunNews } from '../../../shared/runEvents'
import { reduceRun } from '../../../shared/runState'
import { Failure, describeFailure } from '../../../shared/failure'
import { openFingerprints } from '../pictures/fingerprint'
import type { Precision } from '../../../shared/device'
import { recoverCheckpoint } from '../runFiles/checkpoint'
import { RunControl } from './control'
import { homePaths, type Home } from '../files/home'
import { train } from './loop'
import { learnFromRun } from '../plan/learnFromRun'
import { planRun, type Settings } from '../plan/plan'
import type { Costs } from '../plan/predict'
import { beginning, epochsDone } from '../runFiles/progress'
import { createRunFolder, readEvents, readRun } from '../runFiles/runFolder'
import { RunLog } from './runLog'
import { checkTrainable, countsOf, total, type SampleCounts } from '../plan/sampleCounts'
import type { Samples } from '../plan/samples'
import { storeSamples } from '../runFiles/storedSamples'
import { startingWeights, type StartingWeights } from '../weights/startingWeights'

export interface StartOptions {
  readonly home: Home
  readonly runId: string
  readonly folder: string
  readonly config: RunConfig
  readonly samples: Samples
  readonly precision: Precision
  /** What work costs here. */
  readonly costs: Costs
  readonly versions: Readonly<Record<string, string>>
  readonly resume?: boolean
  /** The queue that it belongs to. */
  readonly queue?: string | null
  /** SHA-256 of a photo, for who knows it already; otherwise files are read for it. */
  readonly hash?: (path: string) => Promise<string>
}
export interface StartedRun {
  readonly control: RunControl
  readonly settings: Settings
  /** Must be drained; ends with finished, stopped or failed. */
  readonly events: AsyncGenerator<RunEvent>
}

export function settingsFor(
  weights: StartingWeights,
  {
    config,
    counts,
    precision,
    costs,
  }: Pick<StartOptions, 'config' | 'precision' | 'costs'> & { readonly counts: SampleCounts },
) {
  return planRun({
    config,
    weights,
    classes: counts.classes.length,
    trainPhotos: total(counts.train),
    valPhotos: counts.val,
    precision,
    costs,
  })
}

/** Answers once weights and data are known to fit. One that goes on stays what it was.
 *  @throws what reading weights and checks throw; weights-missing where it began with other weights */
export async function startRun(options: StartOptions): Promise<StartedRun> {
  const { home, config, samples, folder, runId } = options
  checkTrainable(countsOf(samples))
  const weights = await startingWeights(home, config)
  const settings = settingsFor(weights, { ...options, counts: countsOf(samples) })
  const before = options.resume ? readRun(folder) : null
  if (before && before.weights !== weights.fingerprint)
    throw new Failure('weights-missing', { name: config.weights ?? '' })
  await createRunFolder(folder, {
    format: 1,
    runId,
    created: before?.created ?? Date.now(),
    queue: before?.queue ?? options.queue ?? null,
    config,
    plan: settings.plan,
    architecture: settings.plan.architecture,
    flavour: settings.network.flavour,
    cut: settings.plan.cut,
    resize: settings.resize,
    classes: [...samples.classes],
    dataset: before?.dataset ?? fingerprintOf(samples),
    photos: samples.val.slice(0, 32).map(({ path }) => path),
    weights: weights.fingerprint,
    versions: options.versions,
  })
  if (!before) await storeSamples(folder, samples)
  const control = new RunControl()
  return { control, settings, events: numbered(options, { control, settings, weights }) }
}

async function* numbered(
  options: StartOptions,
  {
    control,
    settings,
    weights,
  }: { control: RunControl; settings: Settings; weights: StartingWeights },
): AsyncGenerator<RunEvent> {
  const { home, folder, runId, config, samples, hash, resume = false } = options
  const earlier = resume ? readEvents(folder) : []
  const log = new RunLog({ folder, runId, control, last: earlier[earlier.length - 1]?.sequence })
  const fingerprints = await openFingerprints(homePaths(home).fingerprints)
  try {
    const checkpoint = resume ? await recoverCheckpoint(folder) : null
    const progress = checkpoint?.progress ?? beginning()
    yield* log.tell({
      type: 'started',
      config,
      plan: settings.plan,
      classes: [...samples.classes],
      from: epochsDone(progress),
    })
    // Cut off between writing the checkpoint and telling of it.
    const { last } = progress
    if (last && !reduceRun(earlier).epochs.some(({ epoch }) => epoch === last.epoch))
      yield* log.tell({ type: 'epoch', ...last })
    const run = {
      folder,
      config,
      settings,
      weights,
      samples,
      control,
      checkpoint,
      featureCache: homePaths(home).features,
      hash: hash ?? ((path: string) => fingerprints.hash(path)),
    }
    const told: RunEvent[] = []
    for await (const news of train(run)) {
      for await (const event of log.tell(news)) {
        if (event.type !== 'step') told.push(event)
        yield event
      }
    }
    if (!resume) await learnFromRun(settings.plan, told, options.costs)
  } catch (error) {
    yield log.end(ending(error, control))
    if (!(error instanceof Failure)) throw error
  } finally {
    await fingerprints.flush()
  }
}

function ending(error: unknown, { resting }: RunControl): RunNews {
  if (!(error instanceof Failure))
    return { type: 'failed', code: 'bug', message: String(error), hint: 'Please report this.' }
  if (error.code === 'run-stopped') return { type: resting ? 'paused' : 'stopped' }
  return {
    type: 'failed',
    code: error.code,
    details: error.details,
    ...describeFailure(error.code, error.details),
  }
}

/** SHA-256 over paths, labels and splits. */
export function fingerprintOf({ classes, train: trainSide, val, test }: Samples) {
  const hash = createHash('sha256').update(JSON.stringify(classes))
  for (const [name, list] of Object.entries({ train: trainSide, val, test })) {
    for (const { path, label } of list) hash.update(`${name}\0${path}\0${label}\n`)
  }
  return hash.digest('hex')
}
