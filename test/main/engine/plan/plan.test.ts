// What a run will do: which stages train, what is computed once, which rates apply.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenBatches } from '../../../../main/engine/pictures/batches'
import { planRun } from '../../../../main/engine/plan/plan'
import { checkTrainable, countsOf, countSamples } from '../../../../main/engine/plan/sampleCounts'
import { samplesOf } from '../../../../main/engine/plan/samples'
import type { LabelledPicture } from '../../../../main/engine/dataset/labelledFolder'
import { rateFactor } from '../../../../main/engine/training/schedule'
import type { StartingWeights } from '../../../../main/engine/weights/startingWeights'
import { Failure } from '../../../../shared/failure'
import { RunConfig, type RunRequest } from '../../../../shared/runConfig'
import { steadyCosts } from './steadyCosts'

const starter: StartingWeights = {
  architecture: 'resnet18',
  flavour: 'standard',
  cut: 'layer3',
  hasHead: false,
  tensors: new Map(),
  fingerprint: 'x',
  size: 160,
  resize: 183,
}
const plan = (request: RunRequest = {}, weights: Partial<StartingWeights> = {}) =>
  planRun({
    config: RunConfig.parse(request),
    weights: { ...starter, ...weights },
    classes: 3,
    trainPhotos: 100,
    valPhotos: 20,
    precision: 'float32',
    costs: steadyCosts,
  })

describe('plan', () => {
  it('by default the head trains alone on cached features', () => {
    const { plan: made, legs, resize } = plan()
    expect(made).toMatchObject({
      trains: ['head'],
      frozen: ['stem', 'layer1', 'layer2', 'layer3'],
      cachedAfter: 'layer3',
      cut: 'layer3',
      size: 160,
      trainableParameters: 256 * 3 + 3,
    })
    expect([legs[0]!.learningRate, made.batchStatistics, resize]).toEqual([5e-3, [], 183])
  })

  it('deeper training starts its cache lower and its rate higher; below the head a tenth', () => {
    const { plan: made, legs } = plan({ frozen: ['stem', 'layer1', 'layer2'] })
    const { learningRate, multiplier } = legs[0]!
    expect(made).toMatchObject({ trains: ['layer3', 'head'], cachedAfter: 'layer2' })
    expect(made.batchStatistics).toEqual(['layer3', 'head'])
    expect(learningRate).toBe(2e-2)
    expect([multiplier('layer3'), multiplier('head')]).toEqual([0.1, 1])
  })

  it('batch norms follow the batch where a stage is named, and the cache ends below it', () => {
    const made = (batchNorm: RunRequest['batchNorm'], frozen: RunRequest['frozen']) =>
      plan({ batchNorm, frozen }).plan
    expect(made({ layer3: 'moving' }, ['stem', 'layer1', 'layer2'])).toMatchObject({
      batchStatistics: ['head'],
      cachedAfter: 'layer2',
    })
    expect(made({ layer2: 'batch' }, ['stem', 'layer1', 'layer2', 'layer3'])).toMatchObject({
      batchStatistics: ['layer2'],
      cachedAfter: 'layer1',
      trains: ['head'],
    })
    expect(plan({ augment: 'basic' }).plan.batchStatistics).toEqual(['head'])
  })

  it('nothing is cached where pictures change or statistics move', () => {
    expect(plan({ augment: 'basic' }).plan.cachedAfter).toBeNull()
    expect(plan({ frozenBatchNorm: 'batch' }).plan.cachedAfter).toBeNull()
    expect(plan({ frozen: [] }).plan.cachedAfter).toBeNull()
    // Frozen above something that trains is no reason to cache.
    expect(plan({ frozen: ['layer1', 'layer2'] }).plan).toMatchObject({
      cachedAfter: null,
      trains: ['stem', 'layer3', 'head'],
    })
  })

  it('the head always trains', () => {
    expect(
      plan({ frozen: ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head'] }).plan.trains,
    ).toEqual(['head'])
  })

  it('the smaller cut wins; the last stage is no cut', () => {
    expect(plan({ cut: 'layer2' }).plan.cut).toBe('layer2')
    expect(plan({ cut: 'layer4' }).plan.cut).toBe('layer3')
    expect(plan({ cut: 'layer4' }, { cut: null }).plan.cut).toBeNull()
    expect(
      plan({}, { architecture: 'resnet20', cut: 'layer3', size: 32, resize: 32 }).plan.cut,
    ).toBeNull()
  })

  it('rates: the asked one, the optimiser, a random start', () => {
    const leg = (request: RunRequest) => plan(request).legs[0]!
    expect(leg({ learningRate: 0.3 }).learningRate).toBe(0.3)
    expect(leg({ optimizer: 'adamw' }).learningRate).toBe(2e-3)
    expect(leg({ optimizer: 'adamw', frozen: [] }).learningRate).toBe(1e-3)
    expect(leg({ weights: null, frozen: [] }).multiplier('stem')).toBe(1)
    expect(leg({ multipliers: { layer1: 0.5 } }).multiplier('layer1')).toBe(0.5)
  })

  it('sizes come in fours; another size than the weights has its own shorter side', () => {
    const sizeFor = (size: number) => plan({ size }).plan.size
    expect([96, 97, 98, 99, 100, 101].map(sizeFor)).toEqual([96, 96, 100, 100, 100, 100])
    expect(plan({ size: 64 }).resize).toBe(64)
    expect(plan({ size: 224 }).resize).toBe(256)
  })

  it('each leg has stages, rate and cache of its own; their epochs add up', () => {
    const { plan: made, legs } = plan({
      optimizer: 'adamw',
      learningRate: 9,
      legs: [
        { frozen: ['stem', 'layer1', 'layer2', 'layer3'], epochs: 3 },
        { frozen: ['stem', 'layer1'], epochs: 5, learningRate: 0.7, multipliers: { layer2: 0.3 } },
      ],
    })
    expect(made).toMatchObject({ epochs: 8, trains: ['layer2', 'layer3', 'head'] })
    expect(made.legs).toMatchObject([
      { trains: ['head'], cachedAfter: 'layer3', epochs: 3 },
      { trains: ['layer2', 'layer3', 'head'], cachedAfter: 'layer1', epochs: 5 },
    ])
    expect(legs.map(({ leg, learningRate }) => [leg, learningRate])).toEqual([
      [1, 2e-3],
      [2, 0.7],
    ])
    expect(legs.map(({ multiplier }) => multiplier('layer2'))).toEqual([0.1, 0.3])
  })

  it('pictures grow half-way where convolutions train, within one schedule', () => {
    const parts = (request: RunRequest) =>
      plan({ progressiveResizing: true, size: 224, ...request }).legs.map((part) => [
        part.network.size,
        part.epochs,
        part.epochsBefore,
        part.epochsOfLeg,
      ])
    expect(parts({ frozen: [], epochs: 5 })).toEqual([
      [128, 2, 0, 5],
      [224, 3, 2, 5],
    ])
    expect(parts({ epochs: 5 })).toEqual([[224, 5, 0, 5]])
    expect(parts({ frozen: [], epochs: 1 })).toEqual([[224, 1, 0, 1]])
    expect(parts({ frozen: [], epochs: 4, size: 32 })).toEqual([[32, 4, 0, 4]])
    const { plan: made } = plan({ progressiveResizing: true, frozen: [], epochs: 5 })
    expect(made.legs).toHaveLength(1)
    expect([made.epochs, made.size]).toEqual([5, 160])
  })

  it('more epochs, and training more, take longer', () => {
    expect(plan({ epochs: 50 }).plan.secondsTotal!).toBeGreaterThan(
      plan({ epochs: 5 }).plan.secondsTotal!,
    )
    expect(plan({ frozen: [] }).plan.secondsPerEpoch!).toBeGreaterThan(plan().plan.secondsPerEpoch!)
  })

  it('another architecture than the weights is a mismatch', () => {
    expect(() => plan({ architecture: 'resnet34' })).toThrow(
      expect.objectContaining({ code: 'weights-mismatch' }),
    )
  })
})

describe('rate', () => {
  it('rises, peaks at one, falls towards zero', () => {
    const rates = Array.from({ length: 100 }, (_, step) =>
      rateFactor(step, 100, { schedule: 'cosine', warmupFraction: 0.1 }),
    )
    expect(rates[0]).toBeCloseTo(1 / 11, 6)
    expect(rates[10]).toBe(1)
    expect(rates[55]).toBeCloseTo(0.5, 6)
    expect(rates[99]).toBeLessThan(0.001)
    for (let i = 1; i <= 10; i++) expect(rates[i]!).toBeGreaterThan(rates[i - 1]!)
    for (let i = 11; i < 100; i++) expect(rates[i]!).toBeLessThan(rates[i - 1]!)
  })

  it('constant stays at one after the warm-up', () => {
    const options = { schedule: 'constant', warmupFraction: 0.1 } as const
    expect(rateFactor(4, 100, options)).toBeCloseTo(5 / 11, 6)
    expect(rateFactor(10, 100, options)).toBe(1)
    expect(rateFactor(99, 100, options)).toBe(1)
  })

  it('one cycle is that of PyTorch', () => {
    // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=20): its rates at these steps.
    const expected: [number, number][] = [
      [0, 0.04],
      [1, 0.131672],
      [2, 0.371672],
      [5, 1],
      [6, 0.987464],
      [12, 0.5],
      [19, 4e-6],
    ]
    for (const [step, rate] of expected)
      expect(rateFactor(step, 20, { schedule: 'oneCycle', warmupFraction: 0 })).toBeCloseTo(rate, 3)
  })

  it('is always within 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat(),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.constantFrom('cosine', 'oneCycle', 'constant'),
        (total, at, warmupFraction, schedule) => {
          const rate = rateFactor(at % total, total, { schedule, warmupFraction })
          expect(rate).toBeGreaterThan(0)
          expect(rate).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})

it('even batches keep order and all, none above the most, none much smaller', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { maxLength: 300 }),
      fc.integer({ min: 1, max: 64 }),
      (list, most) => {
        const parts = evenBatches(list, most)
        expect(parts.flat()).toEqual(list)
        const sizes = parts.map((part) => part.length)
        if (list.length === 0) {
          expect(parts).toEqual([])
          return
        }
        expect(Math.max(...sizes)).toBeLessThanOrEqual(most)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      },
    ),
  )
})

describe('samples', () => {
  const picture = (
    className: string,
    i: number,
    split: LabelledPicture['split'] = null,
  ): LabelledPicture => ({
    id: `${className}${i}`,
    path: `/p/${className}/${i}.jpg`,
    className,
    split,
  })
  const many = ['b', 'a'].flatMap((name) => Array.from({ length: 10 }, (_, i) => picture(name, i)))

  it('classes are numbered in alphabetical order; both sides share no picture', () => {
    const samples = samplesOf([...many, picture('a', 99, 'test')], { seed: 1, valFraction: 0.2 })
    expect(samples.classes).toEqual(['a', 'b'])
    expect([samples.train.length, samples.val.length, samples.test.length]).toEqual([16, 4, 1])
    for (const { path, label } of samples.train) expect(label).toBe(path.includes('/a/') ? 0 : 1)
    expect(
      new Set([...samples.train, ...samples.val, ...samples.test].map(({ id }) => id)).size,
    ).toBe(21)
    expect(() => checkTrainable(countsOf(samples))).not.toThrow()
  })

  it('counting them comes to what is drawn', () => {
    const sets: LabelledPicture[][] = [
      many,
      [...many, picture('a', 99, 'test'), picture('c', 1), picture('d', 1), picture('d', 2)],
      [...many, picture('a', 98, 'train'), picture('b', 98, 'val'), picture('e', 1, 'test')],
      [],
    ]
    for (const pictures of sets)
      for (const valFraction of [0, 0.01, 0.2, 0.33, 0.95])
        expect(countSamples(pictures, { valFraction })).toEqual(
          countsOf(samplesOf(pictures, { seed: 1, valFraction })),
        )
  })

  it('one class, or one without a training photo, cannot be trained', () => {
    const codeOf = (pictures: LabelledPicture[]) => {
      try {
        checkTrainable(countsOf(samplesOf(pictures, { seed: 1, valFraction: 0.2 })))
        return null
      } catch (error) {
        return error instanceof Failure ? error.code : error
      }
    }
    expect(codeOf(many.filter(({ className }) => className === 'a'))).toBe('dataset-too-small')
    expect(codeOf([...many, picture('c', 1, 'val')])).toBe('class-too-small')
  })
})
