// One line of progress for several pieces of work that may go on at once: what told last shows, and
// when it ends what still goes on shows again. Idle is told when nothing does. Telling costs nothing:
// what comes sooner than a tenth of a second after the last is not passed on.
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
