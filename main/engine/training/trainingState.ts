// What a run trains with, and the state that it carries from leg to leg.
import type { RunConfig } from '../../../shared/runConfig'
import type { RunNews } from '../../../shared/runEvents'
import { BatchLimit } from '../features/batchLimit'
import type { PictureBatch } from '../pictures/batches'
import type { Settings } from '../plan/plan'
import type { Samples } from '../plan/samples'
import type { Checkpoint } from '../runFiles/checkpoint'
import {
  afterOtherWork,
  initialProgress,
  type EpochRecord,
  type Progress,
} from '../runFiles/runProgress'
import { startingTensors } from '../weights/startingNetwork'
import type { StartingWeights } from '../weights/startingWeights'
import type { RunControl } from './control'
import { WeightsState } from './weightsState'
import { WorkClock } from './workClock'

export interface TrainingInput {
  readonly config: RunConfig
  readonly settings: Settings
  readonly weights: StartingWeights
  readonly samples: Samples
  readonly control: RunControl
  /** Folder of the feature caches. */
  readonly featureCache: string
  /** SHA-256 of the file at `path`. */
  readonly hash: (path: string) => Promise<string>
  /** The epochs that the checkpoint has behind it. */
  readonly earlier?: readonly JudgedEpoch[]
}
export type JudgedEpoch = Pick<EpochRecord, 'epoch' | 'judged'>

export class TrainingState {
  readonly weights: WeightsState
  readonly limit = new BatchLimit()
  readonly clock: WorkClock
  progress: Progress
  /** Finished epochs of the run, in order. */
  readonly epochs: JudgedEpoch[]
  private readonly warnedPaths = new Set<string>()

  /** At the start of a run, or at its checkpoint. @throws {Failure} weights-mismatch */
  constructor(
    readonly input: TrainingInput,
    checkpoint: Checkpoint | null = null,
  ) {
    this.epochs = [...(input.earlier ?? [])]
    const { settings, weights, config, control } = input
    const start = startingTensors(settings.network, weights, config.seed)
    this.weights = new WeightsState(start, checkpoint?.tensors)
    this.progress = checkpoint?.progress ?? initialProgress
    this.clock = new WorkClock(control)
  }

  /** Adds the seconds since the last lap of the clock to the run's total, and returns them. */
  countSeconds(): number {
    const seconds = this.clock.lap()
    this.progress = afterOtherWork(this.progress, { spent: seconds })
    return seconds
  }

  /** Warns of each unreadable photo once in a run. */
  *warnings(unreadable: PictureBatch['unreadable']): Generator<RunNews> {
    for (const { path, reason } of unreadable) {
      if (!this.warnedPaths.has(path)) yield { type: 'warning', message: reason, path }
      this.warnedPaths.add(path)
    }
  }
}
