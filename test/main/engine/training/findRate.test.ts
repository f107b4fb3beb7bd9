// The rate search and the strip of varied photos, on drawn leaves.
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { RateFinder } from '../../../../main/engine/runs/rateFinder'
import { RunControl } from '../../../../main/engine/training/control'
import { findRate, suggestedRate } from '../../../../main/engine/training/findRate'
import { previewAugmentation } from '../../../../main/engine/training/draws/previewAugmentation'
import type { Samples } from '../../../../main/engine/plan/samples'
import { countsOf } from '../../../../main/engine/plan/sampleCounts'
import { startingWeights } from '../../../../main/engine/weights/startingWeights'
import { settingsFor } from '../../../../main/engine/training/startRun'
import { augmentations, RunConfig, type RunRequest } from '../../../../shared/runConfig'
import { failureOf, temporaryFolder } from '../weights/temporaryFolder'
import { leafSamples, makeHome } from './leafRun'
import { steadyCosts } from '../plan/steadyCosts'

const { folder: root } = temporaryFolder()
let samples: Samples
beforeAll(async () => {
  samples = await leafSamples(root)
})

async function trial(request: RunRequest) {
  const config = RunConfig.parse({ batch: 8, size: 64, ...request })
  const weights = await startingWeights(makeHome(root), config)
  const settings = settingsFor(weights, {
    config,
    counts: countsOf(samples),
    precision: 'float32',
    costs: steadyCosts,
  })
  return { config, samples, weights, settings }
}
const given = async (request: RunRequest) => ({
  ...(await trial(request)),
  control: new RunControl(),
  featureCache: join(root, 'features'),
  hash: (path: string) => Promise.resolve(path),
})

describe('the rate search', () => {
  it('goes up evenly until the loss explodes, and suggests a rate from where it falls', async () => {
    const { rates, losses, suggested } = await findRate(await given({}))
    expect(rates).toHaveLength(losses.length)
    expect(rates.length).toBeGreaterThan(15)
    expect(rates[0]).toBeCloseTo(5e-5, 10)
    const steps = rates.slice(4).map((rate, i) => Math.log(rate / rates[i + 3]!))
    for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 6)
    const lowest = rates[losses.indexOf(Math.min(...losses))]!
    expect(suggested).toBeGreaterThan(1e-4)
    expect(suggested).toBeLessThan(lowest)
  })

  it('on pictures too, and with every knob turned', async () => {
    const knobs: RunRequest = {
      ...{ augment: 'strong', mix: 'mixup', averaging: 0.9, clipNorm: 1, batch: 16 },
    }
    const { rates } = await findRate(await given(knobs))
    expect(rates.length).toBeGreaterThan(10)
  })

  it('can be cancelled', async () => {
    const options = await given({ seed: 2 })
    const search = findRate(options)
    options.control.stop()
    expect(await failureOf(search)).toMatchObject({ code: 'cancelled' })
  })

  it('suggests the middle of the longest fall, and nothing without one', () => {
    const rates = Array.from({ length: 40 }, (_, i) => 10 ** (-4 + i / 10))
    const falls = rates.map((_, i) => (i < 10 ? 1 : i < 30 ? 1 - (i - 9) / 25 : 1 + i))
    expect(suggestedRate({ rates, losses: falls })).toBeCloseTo(rates[19]!, 10)
    expect(suggestedRate({ rates, losses: rates.map((_, i) => i) })).toBeNull()
    expect(suggestedRate({ rates: [], losses: [] })).toBeNull()
  })
})

describe('the one search', () => {
  const held: string[] = []
  const around = (isTraining: boolean) => ({
    home: makeHome(root),
    trial: () => trial({ seed: 3 }),
    isTraining: () => isTraining,
    suggester: {
      hold: () => Promise.resolve(void held.push('hold')),
      release: () => void held.push('release'),
    },
  })

  it('is refused while a run goes on', async () => {
    const finder = new RateFinder(around(true))
    expect(await failureOf(finder.find(RunConfig.parse({})))).toMatchObject({ code: 'run-active' })
    expect(held).toEqual([])
  })

  it('gives way: cancelled it has closed its files and let suggestions go on', async () => {
    const finder = new RateFinder(around(false))
    const search = failureOf(finder.find(RunConfig.parse({})))
    await new Promise((resolve) => setImmediate(resolve))
    await finder.cancel()
    expect(held).toEqual(['hold', 'release'])
    expect(await search).toMatchObject({ code: 'cancelled' })
    await finder.cancel()
  })
})

it('sixteen varied pictures, the same for a seed, each another', async () => {
  const { settings } = await trial({})
  const { path } = samples.train[0]!
  const options = { ...settings.network, resize: settings.resize, seed: 1 }
  const strip = (augment: RunConfig['augment'], seed = 1) =>
    previewAugmentation({ path }, { ...options, augment, seed })
  const strong = await strip(augmentations.strong)
  expect(strong).toHaveLength(16)
  expect(new Set(strong.map((bytes) => Buffer.from(bytes).toString('base64'))).size).toBe(16)
  expect(await sharp(strong[0]).metadata()).toMatchObject({ width: 64, height: 64, format: 'webp' })
  expect(await strip(augmentations.strong)).toEqual(strong)
  expect(await strip(augmentations.strong, 2)).not.toEqual(strong)
  const plain = await strip(augmentations.none)
  expect(new Set(plain.map((bytes) => Buffer.from(bytes).toString('base64'))).size).toBe(1)
})
