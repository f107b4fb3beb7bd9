// The curves are what the run reported: by step or epoch, validation at the end of its epoch.
import { describe, expect, it } from 'vitest'
import { curvesOf, curvesToCsv, pointsIn, smoothed } from '../../../renderer/train/curves'
import { reduceRun, RunConfig, type RunEvent, type RunNews } from '../../../shared/run'

const news: RunNews[] = [
  {
    type: 'started',
    from: 0,
    classes: ['a', 'b'],
    config: RunConfig.parse({ epochs: 4 }),
    plan: {
      architecture: 'resnet18',
      cut: null,
      size: 224,
      precision: 'float32',
      trains: ['head'],
      frozen: ['stem'],
      batchStatistics: [],
      cachedAfter: 'layer4',
      trainPhotos: 64,
      valPhotos: 16,
      trainableParameters: 1,
      parameters: 2,
      secondsTotal: 40,
      secondsPerEpoch: 10,
      memoryBytes: 1,
    },
  },
  ...[1, 2].flatMap((epoch): RunNews[] => [
    {
      type: 'step',
      step: epoch * 2 - 1,
      epoch,
      loss: 1 / epoch,
      accuracy: 0.5,
      learningRate: 0.1,
      imagesPerSecond: 1,
    },
    {
      type: 'step',
      step: epoch * 2,
      epoch,
      loss: 0.9 / epoch,
      accuracy: 0.6,
      learningRate: 0.1 / epoch,
      imagesPerSecond: 1,
    },
    {
      type: 'epoch',
      epoch,
      trainLoss: 1 / epoch,
      trainAccuracy: 0.6,
      valLoss: 0.8 / epoch,
      valAccuracy: 0.7 + epoch / 10,
      seconds: 3,
      best: true,
    },
  ]),
]
const state = reduceRun(
  news.map((each, sequence) => ({ ...each, runId: 'r', sequence, time: 0 }) as RunEvent),
)
const none = { smooth: false, earlier: [] }

describe('curvesOf', () => {
  it('puts validation at the last step of its epoch', () => {
    const { loss, bestX } = curvesOf(state, { by: 'step', ...none })
    expect(loss.find((curve) => curve.role === 'training')?.x).toEqual([1, 2, 3, 4])
    expect(loss.find((curve) => curve.role === 'validation')).toEqual({
      role: 'validation',
      x: [2, 4],
      y: [0.8, 0.4],
    })
    expect(bestX).toBe(4)
  })
  it('counts epochs when asked, and earlier runs apart', () => {
    const { accuracy, rate } = curvesOf(state, { by: 'epoch', smooth: false, earlier: [state] })
    expect(accuracy.map((curve) => curve.role)).toEqual(['earlier', 'training', 'validation'])
    expect(pointsIn(accuracy)).toBe(4)
    expect(rate[0]).toEqual({ role: 'rate', x: [1, 2], y: [0.1, 0.05] })
  })
  it('writes one row an x, empty where a curve has no value', () => {
    const { loss } = curvesOf(state, { by: 'step', ...none })
    const csv = curvesToCsv(
      loss.map((curve) => ({ name: curve.role, curve })),
      'step',
    )
    expect(csv.split('\n').slice(0, 3)).toEqual(['step,training,validation', '1,1,', '2,0.9,0.8'])
  })
})

describe('smoothed', () => {
  it('leaves a level line level from its first value on', () => {
    for (const value of smoothed([2, 2, 2], 0.9)) expect(value).toBeCloseTo(2)
  })
})
