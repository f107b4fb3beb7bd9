// A whole run on a few small drawn leaves, from the starter weights.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RunControl } from '../../../../main/engine/training/control'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { samplesOf, type Samples } from '../../../../main/engine/plan/samples'
import { labelledFolder } from '../../../../main/engine/dataset/labelledFolder'
import { startRun } from '../../../../main/engine/training/startRun'
import { RunConfig, type RunRequest } from '../../../../shared/runConfig'
import type { EventOf, RunEvent } from '../../../../shared/runEvents'
import type { Costs } from '../../../../main/engine/plan/predict'
import { steadyCosts } from '../plan/steadyCosts'

export const assets = join(__dirname, '../../../../assets')

export function makeHome(root: string) {
  const folder = join(root, 'home')
  mkdirSync(join(folder, 'cache'), { recursive: true })
  return { folder, assets }
}

export async function leafSamples(root: string): Promise<Samples> {
  const folder = join(root, 'leaves')
  await drawLeaves(folder, { perClass: 8, size: 96 })
  return samplesOf(await labelledFolder(folder), { seed: 1, valFraction: 0.25 })
}

export interface LeafRun {
  readonly root: string
  readonly name: string
  readonly samples: Samples
  readonly request?: RunRequest
  readonly resume?: boolean
  readonly costs?: Costs
  readonly onEvent?: (event: RunEvent, stop: () => void, control: RunControl) => void
}

export async function leafRun({
  root,
  name,
  samples,
  request,
  resume = false,
  costs = steadyCosts,
  onEvent,
}: LeafRun) {
  const folder = join(root, name)
  const started = await startRun({
    home: makeHome(root),
    runId: name,
    folder,
    samples,
    resume,
    precision: 'float32',
    costs,
    versions: {},
    config: RunConfig.parse({ epochs: 3, batch: 8, size: 64, ...request }),
  })
  const events: RunEvent[] = []
  for await (const event of started.events) {
    events.push(event)
    onEvent?.(event, () => started.control.stop(), started.control)
  }
  return { folder, events, settings: started.settings }
}

export const eventsOf = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is EventOf<T> => event.type === type)

/** What an epoch measured, without its times. */
export const measured = (events: readonly RunEvent[]) =>
  eventsOf(events, 'epoch').map(
    ({ epoch, trainLoss, trainAccuracy, valLoss, valAccuracy, best, judged }) => ({
      epoch,
      trainLoss,
      trainAccuracy,
      valLoss,
      valAccuracy,
      best,
      judged,
    }),
  )
