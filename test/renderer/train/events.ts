// Runs for tests of what is drawn: events as the engine tells them, numbered, half a second apart.
import type { Candidate, Figure, LearningCurve } from '../../../shared/figure'
import type { View } from '../../../shared/network'
import { RunConfig } from '../../../shared/runConfig'
import type { RunEvent, RunNews } from '../../../shared/runEvents'
import { RunSummary } from '../../../shared/runList'
import { reduceRun } from '../../../shared/runState'
import { planOf } from '../../shared/plan'

export const started = (config: Partial<RunConfig> = {}): RunNews => ({
  type: 'started',
  classes: ['a', 'b'],
  config: RunConfig.parse({ epochs: 4, ...config }),
  plan: planOf({ epochs: 4, secondsTotal: 40 }),
})
export const step = (number: number, epoch: number, loss = 1 / number): RunNews => ({
  type: 'step',
  step: number,
  epoch,
  loss,
  accuracy: 0.5,
  learningRate: 0.1 / number,
  imagesPerSecond: 10 * number,
})
export const epoch = (number: number, what: Partial<RunNews> = {}): RunNews =>
  ({
    type: 'epoch',
    epoch: number,
    trainLoss: 1 / number,
    trainAccuracy: 0.6,
    valLoss: 0.8 / number,
    valAccuracy: 0.7 + number / 10,
    seconds: 3,
    best: true,
    ...what,
  }) as RunNews

export const numbered = (news: readonly RunNews[], runId = 'r') =>
  news.map(
    (each, sequence) =>
      ({
        ...(each.type === 'epoch' && { learningRate: 0, imagesPerSecond: 0, predicted: [] }),
        ...(each.type === 'paused' && { reason: null, details: {}, retrying: false }),
        ...each,
        runId,
        sequence,
        time: sequence * 500,
      }) as RunEvent,
  )
export const stateOf = (news: readonly RunNews[], runId?: string) =>
  reduceRun(numbered(news, runId))

export const summary = (what: Partial<RunSummary>): RunSummary =>
  RunSummary.parse({
    runId: 'r',
    created: 0,
    architecture: 'resnet18',
    cut: null,
    weights: 'starter',
    classes: ['a', 'b'],
    trains: ['head'],
    epochs: 4,
    bestValAccuracy: 0.9,
    bestEpoch: 3,
    status: 'finished',
    config: RunConfig.parse({}),
    precision: 'float32',
    size: 64,
    trainPhotos: 64,
    valPhotos: 16,
    dataset: '',
    versions: {},
    seconds: 10,
    secondsPlanned: null,
    modelBytes: 1,
    peakMemoryBytes: null,
    ...what,
  })

/** A head solved with one penalty; its accuracy on unseen photos is 1 minus the loss. */
export const penalty = (
  value: number,
  outOfFoldLoss: number,
  views: View[] = ['whole'],
): RunNews => ({
  type: 'penalty',
  views,
  penalty: value,
  trainLoss: outOfFoldLoss / 2,
  trainAccuracy: 1 - outOfFoldLoss / 2,
  outOfFoldLoss,
  outOfFoldAccuracy: 1 - outOfFoldLoss,
})
/** Accuracies by number of photos; 200 more are worth two points. */
export const learned = (
  points: readonly (readonly [number, number])[],
  more: LearningCurve['more'] = { photos: 200, gain: 0.02 },
): RunNews => ({
  type: 'learningCurve',
  points: points.map(([photos, accuracy]) => ({ photos, accuracy, loss: 1 - accuracy })),
  more,
})
export const figure: Figure = {
  kind: 'outOfFold',
  accuracy: 0.91,
  balancedAccuracy: 0.9,
  low: 0.88,
  high: 0.94,
  photos: 398,
}
export const finished = (what: Partial<RunNews> = {}): RunNews =>
  ({
    type: 'finished',
    bestEpoch: 0,
    bestValAccuracy: 0.91,
    secondsTotal: 8,
    secondsFeatures: 6,
    imagesPerSecond: 60,
    peakMemoryBytes: 5e8,
    ...what,
  }) as RunNews
export const candidate = (what: Partial<Candidate> & Pick<Candidate, 'name'>): RunNews => ({
  type: 'candidate',
  trains: [],
  photos: 80,
  accuracy: 0.9,
  gain: null,
  gainError: null,
  kept: true,
  ...what,
})
