// Everything that lives as long as the engine does, built once at start. Handlers are functions of it.
import type { Post } from '../../../shared/contract'
import type { RunEvent } from '../../../shared/runEvents'
import { createDevice } from '../device/device'
import { OpenModels } from '../evaluation/openModels'
import { homePaths, type Home } from '../files/home'
import { keepDecodedHeic } from '../pictures/heic'
import { openThumbnails } from '../pictures/thumbnails'
import { Projects } from '../runs/projects'
import { RateFinder } from '../runs/rateFinder'
import { RunInputs } from '../runs/runInputs'
import { Runner } from '../runs/runner'
import { Suggester } from '../suggest/suggester'
import { WeightsShelf } from '../weights/weightsShelf'

export type EngineContext = ReturnType<typeof createContext>

export function createContext({ home, post }: { readonly home: Home; readonly post: Post }) {
  /** The engine is about to end: nothing more is begun. */
  let closing = false
  const device = createDevice(home)
  keepDecodedHeic(homePaths(home).heic)
  const suggester = new Suggester({
    home,
    precision: () => device.precision('auto'),
    dataset: () => projects.dataset,
    onState: (state) => post('suggest.progress', state),
  })
  const projects: Projects = new Projects({
    home,
    post,
    runner: () => runner,
    forgetFeatures: () => suggester.forget(),
  })
  const inputs = new RunInputs({ home, device, dataset: () => projects.dataset })
  const rates = new RateFinder({
    home,
    trial: (config) => inputs.trial(config),
    isTraining: () => runner.busy,
    suggester,
  })
  const runner: Runner = new Runner({
    root: () => projects.runsFolder,
    input: async (config) => {
      await rates.cancel()
      return inputs.ofNew(config)
    },
    inputOf: async (folder) => {
      await rates.cancel()
      return inputs.ofResumed(folder)
    },
    suggester,
    onEvent: (event: RunEvent) => {
      if (event.type === 'started') projects.queue.began(event.runId)
      post('run.event', event)
    },
    onEnd: async (runId, last) => {
      projects.queue.ended(runId, last)
      if (!closing) await projects.queue.advance()
    },
  })
  return {
    home,
    post,
    device,
    suggester,
    projects,
    inputs,
    rates,
    runner,
    models: new OpenModels(),
    shelf: new WeightsShelf(home, post),
    thumbnails: openThumbnails(homePaths(home).thumbnails),
    /** Puts the run to rest, or ends it; resolves when that is on the disk. */
    async close({ stop }: { stop: boolean }): Promise<void> {
      closing = true
      await runner.rest(stop)
    },
  }
}
