// Legs as a list and as a configuration, the questions of a queue, and where points of a comparison lie.
import { describe, expect, test } from 'vitest'
import { placePoints, plotSize } from '../../../../renderer/train/settings/advicePlot'
import { knobs, readNumber } from '../../../../renderer/train/settings/knobs'
import { asFields, legsOf, nextLeg, trainsIn } from '../../../../renderer/train/settings/legs'
import { byDepth, byFreezing, bySeeds } from '../../../../renderer/runs/questions'
import { stages, type WeightsChoice } from '../../../../shared/network'
import { RunConfig } from '../../../../shared/runConfig'

const config = RunConfig.parse({ epochs: 8, learningRate: 0.02, multipliers: { layer4: 0.3 } })

describe('legs', () => {
  test('one leg is the plain fields, there and back', () => {
    const legs = legsOf(config, stages)
    expect(legs).toHaveLength(1)
    expect(trainsIn(legs[0]!, stages)).toEqual(['head'])
    expect({ ...config, ...asFields(legs) }).toEqual({
      ...config,
      frozen: ['stem', 'layer1', 'layer2', 'layer3', 'layer4'],
    })
  })

  test('the next leg frees the highest frozen stage', () => {
    const first = legsOf(config, stages)
    const two = [...first, nextLeg(first, stages)]
    expect(trainsIn(two[1]!, stages)).toEqual(['layer4', 'head'])
    expect(RunConfig.parse({ ...config, ...asFields(two) }).legs).toEqual(two)
  })

  test('taking legs away down to one gives its fields', () => {
    const leg = { frozen: [], epochs: 3, learningRate: null, multipliers: {} }
    expect(asFields([leg])).toEqual({ legs: null, ...leg })
  })
})

describe('questions', () => {
  const weights = (id: string, more: Partial<WeightsChoice>): WeightsChoice => ({
    id,
    title: id,
    architecture: 'resnet18',
    flavour: 'standard',
    cut: null,
    size: 224,
    bytes: 1,
    licence: '',
    source: '',
    top1: null,
    state: 'here',
    ...more,
  })

  test('depth: each architecture that is here once, shallow to deep, the chosen weights first', () => {
    const asked = byDepth({ ...config, weights: 'cut18' }, [
      weights('fifty', { architecture: 'resnet50' }),
      weights('cut34', { architecture: 'resnet34', cut: 'layer3' }),
      weights('whole34', { architecture: 'resnet34' }),
      weights('whole18', {}),
      weights('cut18', { cut: 'layer3' }),
      weights('far', { architecture: 'resnet101', state: 'downloadable' }),
    ])
    expect(asked.map(({ config }) => config.weights)).toEqual(['cut18', 'whole34', 'fifty'])
    expect(asked.every(({ config }) => config.epochs === 8)).toBe(true)
  })

  test('freezing: the head, the last stage with it, everything; legs become one', () => {
    const leg = { frozen: [], epochs: 3, learningRate: null, multipliers: {} }
    const asked = byFreezing({ ...config, legs: [leg, leg] }, stages)
    expect(asked.map(({ config }) => config.frozen)).toEqual([
      ['stem', 'layer1', 'layer2', 'layer3', 'layer4'],
      ['stem', 'layer1', 'layer2', 'layer3'],
      [],
    ])
    expect(asked.every(({ config }) => config.legs === null && config.epochs === 6)).toBe(true)
  })

  test('seeds: three in a row, and nothing else differs', () => {
    const asked = bySeeds(config)
    expect(asked.map(({ config }) => config.seed)).toEqual([1, 2, 3])
    for (const each of asked) expect({ ...each.config, seed: 1 }).toEqual(config)
  })
})

describe('numbers that are put in', () => {
  test('are refused exactly where a run would refuse them', () => {
    for (const knob of knobs) {
      if (knob.kind !== 'number') continue
      const schema = RunConfig.shape[knob.key]
      const { min, max } = knob.limits
      for (const text of ['', 'x', '1.5', `${min}`, `${max}`, `${min - 1}`, `${max + 1}`, '-1e9']) {
        const read = readNumber(text, knob.limits)
        const given = text === '' ? null : Number(text)
        expect([knob.key, text, read !== undefined]).toEqual([
          knob.key,
          text,
          schema.safeParse(given).success,
        ])
      }
    }
  })
})

describe('a comparison', () => {
  const point = (id: string, x: number, y: number, error = 0.02) => ({
    ...{ id, label: id, x, y, error, recommended: false },
  })

  test('puts the dearer to the right, the better up, and all within the frame', () => {
    const { points } = placePoints([point('a', 10, 0.9), point('b', 1000, 0.95), point('c', 99, 1)])
    const [a, b, c] = points as [(typeof points)[0], (typeof points)[0], (typeof points)[0]]
    expect(a.cx).toBeLessThan(c.cx)
    expect(c.cx).toBeLessThan(b.cx)
    expect(a.cy).toBeGreaterThan(b.cy)
    expect(b.cy).toBeGreaterThan(c.cy)
    for (const { cx, high, low } of points) {
      expect(cx).toBeGreaterThanOrEqual(plotSize.left)
      expect(cx).toBeLessThanOrEqual(plotSize.width - plotSize.right)
      expect(high).toBeGreaterThanOrEqual(plotSize.top - 1e-9)
      expect(low).toBeLessThanOrEqual(plotSize.height - plotSize.bottom + 1e-9)
    }
  })

  test('of equal costs stands in the middle', () => {
    const { points } = placePoints([point('a', 5, 0.9), point('b', 5, 0.9)])
    expect(points.map(({ cx }) => cx)).toEqual([points[0]!.cx, points[0]!.cx])
    expect(Number.isFinite(points[0]!.cy)).toBe(true)
    expect(placePoints([]).points).toEqual([])
  })
})
