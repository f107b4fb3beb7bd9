// One line of progress for several pieces of work that may run at once: the latest to report is shown,
// and when it ends, one that still runs is shown again; 'idle' when none does. Reports within a tenth of
// a second of the last are dropped, so reporting often is cheap.
import type { EventPayload } from '../../../../shared/contract'

export type DatasetProgress = EventPayload<'dataset.progress'>
export type DatasetPhase = Exclude<DatasetProgress['phase'], 'idle'>

export interface Progress {
  tell(phase: DatasetPhase, done: number, total: number): void
  end(phase: DatasetPhase): void
}

const tellEvery = 100

export function openProgress(onProgress: (progress: DatasetProgress) => void): Progress {
  const goingOn = new Map<DatasetPhase, DatasetProgress>()
  let told = 0
  return {
    tell(phase, done, total) {
      const news = { phase, done, total }
      const began = !goingOn.has(phase)
      goingOn.set(phase, news)
      if (!began && Date.now() - told < tellEvery) return
      told = Date.now()
      onProgress(news)
    },
    end(phase) {
      if (!goingOn.delete(phase)) return
      const latest = [...goingOn.values()].pop()
      onProgress(latest ?? { phase: 'idle', done: 0, total: 0 })
    },
  }
}
