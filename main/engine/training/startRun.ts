// Starts or resumes a run: loads the weights, makes the plan and the run's folder, then numbers and
// stores the events of the training loop. The window and the headless program both start runs here.
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
import { epochsDone, initialProgress } from '../runFiles/runProgress'
import {
  claimRunFolder,
  clearRunFolder,
  createRunFolder,
  readEvents,
  readRun,
  type RunFile,
} from '../runFiles/runFolder'
import type { Claim } from '../files/claim'
import { RunLog } from './runLog'
import { checkTrainable, countsOf, total, type SampleCounts } from '../plan/sampleCounts'
import type { Samples } from '../plan/samples'
import { fingerprintOfSamples, storeSamples } from '../runFiles/storedSamples'
import type { TrainingInput } from './trainingState'
import { startingWeights, type StartingWeights } from '../weights/startingWeights'

export interface StartOptions {
  readonly home: Home
  readonly runId: string
  readonly folder: string
  readonly config: RunConfig
  readonly samples: Samples
  readonly precision: Precision
  /** What work costs on this computer. */
  readonly costs: Costs
  readonly versions: Readonly<Record<string, string>>
  readonly resume?: boolean
  /** What an earlier run has left in the folder is replaced. */
  readonly replace?: boolean
  /** The queue that the run belongs to. */
  readonly queue?: string | null
  /** SHA-256 of a photo, if the caller knows it already; otherwise the files are read. */
  readonly hash?: (path: string) => Promise<string>
}
export interface StartedRun {
  readonly control: RunControl
  readonly settings: Settings
  /** Must be read to its end: the last event is finished, paused, stopped or failed. */
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
    testPhotos: counts.test,
    precision,
    costs,
  })
}

/** Resolves once weights and data are known to fit. A resumed run keeps its creation time, queue and
 *  data set fingerprint.
 *  @throws {Failure} in-use while another process trains into the folder, dataset-too-small,
 *  class-too-small, weights-mismatch; weights-missing also where a resumed run began with other weights;
 *  and what reading weights throws */
export async function startRun(options: StartOptions): Promise<StartedRun> {
  const { home, config, samples, folder, runId } = options
  checkTrainable(countsOf(samples))
  const weights = await startingWeights(home, config)
  const settings = settingsFor(weights, { ...options, counts: countsOf(samples) })
  const before = options.resume ? readRun(folder) : null
  if (before && before.weights !== weights.fingerprint)
    throw new Failure('weights-missing', { name: config.weights ?? '' })
  const run: RunFile = {
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
    dataset: before?.dataset ?? fingerprintOfSamples(samples),
    photos: [...samples.val, ...samples.train].slice(0, 32).map(({ path }) => path),
    weights: weights.fingerprint,
    versions: options.versions,
  }
  const held = await claimRunFolder(folder)
  try {
    if (options.replace) await clearRunFolder(folder)
    await createRunFolder(folder, run)
    if (!before) await storeSamples(folder, samples)
  } catch (error) {
    await held.release()
    throw error
  }
  const control = new RunControl()
  return {
    control,
    settings,
    events: recordedEvents(options, { control, settings, weights, held }),
  }
}

/** The events of the run, each on the disk before it is yielded. */
async function* recordedEvents(
  options: StartOptions,
  {
    held,
    ...loaded
  }: Pick<TrainingInput, 'control' | 'settings' | 'weights'> & { readonly held: Claim },
): AsyncGenerator<RunEvent> {
  const { home, folder, runId, config, samples, resume = false } = options
  const { control, settings } = loaded
  const earlier = resume ? readEvents(folder) : []
  const log = new RunLog({ folder, runId, control, last: earlier[earlier.length - 1]?.sequence })
  const fingerprints = await openFingerprints(homePaths(home).fingerprints)
  try {
    const checkpoint = resume ? await recoverCheckpoint(folder) : null
    const progress = checkpoint?.progress ?? initialProgress
    yield* log.tell({
      type: 'started',
      config,
      plan: settings.plan,
      classes: [...samples.classes],
      from: epochsDone(progress),
    })
    // The run may have been interrupted after the checkpoint was written and before its epoch was
    // reported.
    const { last } = progress
    const told = reduceRun(earlier).epochs.filter(({ epoch }) => epoch <= progress.epoch)
    const isUntold = last && !told.some(({ epoch }) => epoch === last.epoch)
    if (isUntold) yield* log.tell({ type: 'epoch', ...last })
    const run = {
      ...loaded,
      folder,
      config,
      samples,
      checkpoint,
      earlier: isUntold ? [...told, last] : told,
      featureCache: homePaths(home).features,
      hash: options.hash ?? ((path: string) => fingerprints.hash(path)),
    }
    const reported: RunEvent[] = []
    for await (const news of train(run)) {
      // Who hears that the run has ended may ask at once how long the next one will take.
      if (news.type === 'finished' && !resume)
        await learnFromRun(settings.plan, reported, options.costs)
      for await (const event of log.tell(news)) {
        if (event.type !== 'step') reported.push(event)
        yield event
      }
    }
  } catch (error) {
    yield log.end(endOf(error, control))
    if (!(error instanceof Failure)) throw error
  } finally {
    await fingerprints.flush().finally(() => held.release())
  }
}

/** The last event of a run that `error` ends. */
function endOf(error: unknown, { resting }: RunControl): RunNews {
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
