// What the presets make of weights and photos, and which is recommended.
import { describe, expect, it } from 'vitest'
import { choosePreset, type Circumstances } from '../../../../main/engine/plan/presetChoice'
import { presetConfig } from '../../../../main/engine/plan/presets'
import { separationOf } from '../../../../main/engine/plan/separation'
import { presets, RunConfig, type Preset } from '../../../../shared/runConfig'

const starter = { stages: ['stem', 'layer1', 'layer2', 'layer3', 'head'] as const }
const made = (preset: Preset, { perClass = [100, 110], base = {} } = {}) =>
  presetConfig(preset, RunConfig.parse(base), { ...starter, perClass })

describe('presetConfig', () => {
  it('keeps what presets do not decide, and nothing else', () => {
    const base = {
      ...{ weights: 'a.pth', architecture: 'resnet18', cut: 'layer3', size: 96, seed: 7 },
      ...{ precision: 'float32', valFraction: 0.3, checkpointMinutes: 2 },
    }
    for (const preset of presets)
      expect(made(preset, { base: { ...base, epochs: 99, mix: 'mixup' } })).toEqual({
        ...made(preset),
        ...base,
        preset,
      })
  })

  it('quick trains the head alone', () => {
    expect(made('quick')).toMatchObject({ legs: null, frozen: null, augment: { flip: 'none' } })
  })

  it('the others tune the upper stages from the exact head on, for at least so many updates', () => {
    for (const [preset, least] of [
      ['balanced', 500],
      ['thorough', 1500],
    ] as const)
      for (const perClass of [
        [5, 5],
        [100, 110],
        [20_000, 20_000],
      ]) {
        const config = made(preset, { perClass })
        expect(config).toMatchObject({ solver: 'exact', legs: null, frozen: ['stem', 'layer1'] })
        const shown = (perClass[0]! + perClass[1]!) * config.passes * config.epochs
        expect(shown / config.batch).toBeGreaterThanOrEqual(least * 0.95)
        expect(config.epochs).toBeGreaterThanOrEqual(5)
        // Left and right may matter.
        expect(config.augment.flip).toBe('none')
      }
  })

  it('small classes weigh more where one is at least twice as large', () => {
    expect(made('quick', { perClass: [100, 199] }).balance).toBe('none')
    for (const preset of presets)
      expect(made(preset, { perClass: [100, 200] }).balance).toBe('weights')
  })

  it.each(presets)('%s is a configuration for two photos, too', (preset) => {
    expect(made(preset, { perClass: [1, 1] }).passes).toBeLessThanOrEqual(1000)
  })
})

describe('choosePreset', () => {
  const seconds = { quick: 10, balanced: 60, thorough: 600 }
  const chosen = (circumstances: Partial<Circumstances>) =>
    choosePreset({ perClass: [100, 110], separation: null, seconds, ...circumstances })

  it.each([
    ['nothing known', {}, 'quick', []],
    ['few photos', { perClass: [10, 12] }, 'quick', ['fewPhotos']],
    [
      'few photos of something else',
      { perClass: [10, 12], separation: 0.2 },
      'balanced',
      ['fewPhotos', 'unlikePretraining'],
    ],
    ['many photos', { perClass: [900, 800] }, 'thorough', ['manyPhotos']],
    ['photos unlike the pretraining', { separation: 0.2 }, 'thorough', ['unlikePretraining']],
    ['photos like the pretraining', { separation: 0.9 }, 'quick', ['likePretraining']],
  ] as const)('%s', (_, circumstances, preset, reasons) => {
    const { recommended, reasons: given } = chosen(circumstances)
    expect([recommended, given[recommended]]).toEqual([preset, reasons])
  })

  it('what takes hours here gives way, and says so', () => {
    const many = { perClass: [30_000, 30_000] }
    const slow = chosen({ ...many, seconds: { quick: 7000, balanced: 9000, thorough: 90_000 } })
    expect(slow.recommended).toBe('quick')
    expect(slow.reasons.quick).toEqual(['slowHere'])
    expect(slow.reasons.thorough).toEqual(['slowHere'])
    const half = chosen({ ...many, seconds: { quick: 10, balanced: 900, thorough: 90_000 } })
    expect(half.recommended).toBe('balanced')
  })

  it('unbalanced classes are said of every preset', () => {
    for (const list of Object.values(chosen({ perClass: [100, 400] }).reasons))
      expect(list).toContain('unbalanced')
  })
})

describe('separationOf', () => {
  const near = (centre: number[], i: number) => centre.map((value, c) => value + ((i + c) % 3) / 10)
  const features = (rows: number[][]) => Float32Array.from(rows.flat())
  const labels = [0, 0, 0, 1, 1, 1]

  it('is one where classes lie apart, and nothing where they are mixed', () => {
    const apart = labels.map((label, i) => near(label ? [5, 5] : [0, 0], i))
    expect(separationOf({ features: features(apart), channels: 2, labels })).toBe(1)
    const same = labels.map((_, i) => near([0, 0], i % 3))
    expect(separationOf({ features: features(same), channels: 2, labels })).toBeLessThan(0.5)
  })

  it('is not known where no two classes have two photos', () => {
    expect(
      separationOf({ features: features([[1], [2], [3]]), channels: 1, labels: [0, 0, 1] }),
    ).toBeNull()
  })
})
