// What a run is given, and what it carries through its legs.
import type { RunConfig } from '../../../shared/runConfig'
import type { BatchLimit } from '../features/batchLimit'
import type { Checkpoint } from '../runFiles/checkpoint'
import type { RunControl } from './control'
import type { Settings } from '../plan/plan'
import type { Samples } from '../plan/samples'
import type { Standing } from './standing'
import type { StartingWeights } from '../weights/startingWeights'
import type { WorkClock } from './workClock'

export interface TrainingRun {
  readonly folder: string
  readonly config: RunConfig
  readonly settings: Settings
  readonly weights: StartingWeights
  readonly samples: Samples
  readonly control: RunControl
  readonly featureCache: string
  readonly hash: (path: string) => Promise<string>
  /** Where to go on from; null: from the start. */
  readonly checkpoint: Checkpoint | null
}

export interface RunState extends Standing {
  readonly limit: BatchLimit
  readonly clock: WorkClock
  /** Paths that a warning has named. */
  readonly told: Set<string>
  /** When the latest checkpoint was written. */
  savedAt: number
  /** The epoch whose weights are the run's best on the disk; 0: none. */
  bestSaved: number
}
