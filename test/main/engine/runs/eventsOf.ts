// Events of made-up runs, with folders to hold them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runPaths, type RunFile } from '../../../../main/engine/runFiles/runFolder'
import { RunConfig } from '../../../../shared/runConfig'
import { RunEvent, type RunNews } from '../../../../shared/runEvents'
import { RunPlan } from '../../../../shared/runPlan'

export const plan = RunPlan.parse({
  architecture: 'resnet18',
  cut: null,
  size: 64,
  precision: 'float32',
  trains: ['head'],
  frozen: [],
  cachedAfter: null,
  epochs: 3,
  trainPhotos: 30,
  valPhotos: 10,
  trainableParameters: 1,
  parameters: 1,
  secondsTotal: 12,
  secondsPerEpoch: 4,
  memoryBytes: 1,
})
const config = RunConfig.parse({ epochs: 3 })

export const started = (from = 0): RunNews => ({
  type: 'started',
  config,
  plan,
  classes: ['a', 'b'],
  from,
})
export const step = (epoch: number): RunNews => ({
  type: 'step',
  step: Math.round(epoch * 10),
  epoch,
  loss: 0.5,
  accuracy: 0.5,
  learningRate: 0.01,
  imagesPerSecond: 100,
})
export const epoch = (number: number, valAccuracy: number, best = true): RunNews => ({
  type: 'epoch',
  epoch: number,
  trainLoss: 0.4,
  trainAccuracy: 0.8,
  valLoss: 1 - valAccuracy,
  valAccuracy,
  seconds: 1,
  best,
})
export const finished = (secondsTotal: number): RunNews => ({
  type: 'finished',
  bestEpoch: 3,
  bestValAccuracy: 0.9,
  secondsTotal,
  secondsFeatures: 0,
  imagesPerSecond: 1,
  peakMemoryBytes: 7e8,
})

/** One a second, unless a time in seconds is given. */
export function numbered(
  runId: string,
  news: readonly (RunNews | [number, RunNews])[],
): RunEvent[] {
  return news.map((each, sequence) => {
    const [seconds, what] = Array.isArray(each) ? each : [sequence, each]
    return RunEvent.parse({ ...what, runId, sequence, time: 1e12 + seconds * 1000 })
  })
}

export const linesOf = (events: readonly RunEvent[]) =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('')

/** A folder as a run leaves it; `checkpoint`: with one, of whatever content. */
export function writeRun(
  root: string,
  runId: string,
  { events = [] as readonly RunEvent[], created = 1, checkpoint = false, weights = 0 } = {},
): string {
  const folder = join(root, runId)
  const paths = runPaths(folder)
  mkdirSync(paths.checkpoints, { recursive: true })
  const file: RunFile = {
    ...{ format: 1, runId, created, config, plan, cut: null, resize: 64, queue: null },
    ...{ architecture: 'resnet18', flavour: 'standard', classes: ['a', 'b'] },
    ...{ dataset: 'd'.repeat(64), photos: [], weights: 'w', versions: { restage: '1' } },
  }
  writeFileSync(paths.run, JSON.stringify(file))
  writeFileSync(paths.metrics, linesOf(events))
  if (checkpoint) writeFileSync(join(paths.checkpoints, 'a.safetensors'), 'x')
  if (weights > 0) writeFileSync(paths.weights, Buffer.alloc(weights))
  return folder
}
