// Side by side stand only the settings that differ, and every result.
import { expect, it } from 'vitest'
import { compareRuns } from '../../shared/compareRuns'
import { RunConfig, type RunRequest } from '../../shared/runConfig'
import { RunSummary } from '../../shared/runList'

const summary = (runId: string, request: RunRequest, accuracy: number) =>
  RunSummary.parse({
    runId,
    created: 1,
    architecture: 'resnet18',
    cut: null,
    weights: 'starter',
    classes: ['a', 'b'],
    trains: ['head'],
    epochs: 3,
    bestValAccuracy: accuracy,
    bestEpoch: 2,
    status: 'finished',
    config: RunConfig.parse(request),
    precision: 'float32',
    size: 64,
    trainPhotos: 100,
    valPhotos: 20,
    dataset: '0123456789abcdef',
    versions: {},
    seconds: 10,
    secondsPlanned: null,
    modelBytes: 1000,
    peakMemoryBytes: null,
  })

it('shows no setting of runs that are set alike', () => {
  const { settings, results } = compareRuns([summary('a', {}, 0.8), summary('b', {}, 0.9)])
  expect(settings).toEqual([])
  expect(results.find(({ key }) => key === 'bestValAccuracy')?.values).toEqual([0.8, 0.9])
})

it('shows each that differs, in short', () => {
  const { settings } = compareRuns([
    summary('a', { epochs: 5, augment: 'basic', frozen: ['stem', 'layer1'] }, 0.8),
    summary('b', { epochs: 9, augment: { flip: 'both', hue: 0.1 }, seed: 2 }, 0.9),
    summary('c', { epochs: 9, legs: [{ frozen: ['stem'], epochs: 2 }] }, 0.9),
  ])
  expect(Object.fromEntries(settings.map(({ key, values }) => [key, values]))).toEqual({
    epochs: [5, 9, 9],
    augment: ['basic', 'flip both, hue 0.1', 'none'],
    frozen: ['stem, layer1', null, null],
    seed: [1, 2, 1],
    legs: [null, null, '2 / stem'],
  })
})

it('takes multipliers in another order for the same', () => {
  const one = summary('a', { multipliers: { layer1: 0.1, layer2: 0.2 } }, 0.8)
  const other = summary('b', { multipliers: { layer2: 0.2, layer1: 0.1 } }, 0.8)
  expect(compareRuns([one, other]).settings).toEqual([])
})
