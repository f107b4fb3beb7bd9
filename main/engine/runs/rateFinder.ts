// The one learning rate search that may be active. It shares feature caches with runs and suggestions,
// so it starts only while no run is active, holds suggestions back, and is cancelled by a run.
import { Failure } from '../../../shared/failure'
import type { RunConfig } from '../../../shared/runConfig'
import type { RateSearch } from '../../../shared/runPlan'
import { openFingerprints } from '../pictures/fingerprint'
import { RunControl } from '../training/control'
import { findRate } from '../training/findRate'
import { homePaths, type Home } from '../files/home'
import type { Settings } from '../plan/plan'
import { checkTrainable, countsOf } from '../plan/sampleCounts'
import type { Samples } from '../plan/samples'
import type { StartingWeights } from '../weights/startingWeights'

/** What a run would train with. */
export interface Trial {
  readonly config: RunConfig
  readonly samples: Samples
  readonly weights: StartingWeights
  readonly settings: Settings
}
interface Surroundings {
  readonly home: Home
  readonly trial: (config: RunConfig) => Promise<Trial>
  readonly isTraining: () => boolean
  readonly suggester: { hold(): Promise<void>; release(): void }
}

export class RateFinder {
  private going: { readonly control: RunControl; readonly done: Promise<unknown> } | null = null
  constructor(private readonly around: Surroundings) {}

  /** Cancels an active search first. @throws {Failure} run-active, cancelled, and as starting a run */
  async find(config: RunConfig): Promise<RateSearch> {
    await this.cancel()
    if (this.around.isTraining()) throw new Failure('run-active')
    const control = new RunControl()
    const search = this.search(config, control)
    const going = { control, done: search.catch(() => undefined) }
    this.going = going
    try {
      return await search
    } finally {
      if (this.going === going) this.going = null
    }
  }

  /** Resolves when the files of the search are closed. */
  async cancel(): Promise<void> {
    this.going?.control.stop()
    await this.going?.done
  }

  private async search(config: RunConfig, control: RunControl): Promise<RateSearch> {
    const { home, trial, suggester, isTraining } = this.around
    await suggester.hold()
    const fingerprints = await openFingerprints(homePaths(home).fingerprints)
    try {
      // The search is around the default rate, not around one that is already chosen.
      const legs = config.legs?.map((leg) => ({ ...leg, learningRate: null })) ?? null
      const given = await trial({ ...config, learningRate: null, legs })
      checkTrainable(countsOf(given.samples))
      return await findRate({
        ...given,
        control,
        featureCache: homePaths(home).features,
        hash: (path) => fingerprints.hash(path),
      })
    } finally {
      await fingerprints.flush()
      if (!isTraining()) suggester.release()
    }
  }
}
