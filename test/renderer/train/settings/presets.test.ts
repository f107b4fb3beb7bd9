// @vitest-environment happy-dom
// What the choices are when nobody chose: the recommended preset, until a knob is turned by hand.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { baseOf, sameKnobs } from '../../../../renderer/stores/presetChoice'
import { useChoices } from '../../../../renderer/stores/choices'
import { usePresets } from '../../../../renderer/stores/presets'
import { RunConfig } from '../../../../shared/runConfig'
import { offersFor, planOf, scriptEngine } from '../engine'
import type { FakeRestage } from '../../fakeRestage'

let engine: FakeRestage
const asksOf = (name: string) => engine.asked.filter(([called]) => called === name)

beforeEach(async () => {
  engine = await scriptEngine({ 'run.presets': offersFor('balanced') })
})
const settled = async () => {
  const presets = usePresets()
  await vi.waitFor(() => expect(presets.offers).toHaveLength(3), 3000)
  return presets
}

describe('the preset that is followed', () => {
  test('is the recommended one while nothing was turned, with the seed that was chosen', async () => {
    const choices = useChoices()
    choices.config.seed = 7
    await settled()
    expect(choices.config).toMatchObject({ preset: 'balanced', epochs: 12, seed: 7 })
    expect(choices.changedByHand).toBe(false)
    expect(choices.plainConfig().preset).toBe('balanced')
  })

  test('never overwrites what was turned by hand before the offers came', async () => {
    const choices = useChoices()
    usePresets()
    choices.config.epochs = 300
    await settled()
    expect(choices.config).toMatchObject({ preset: null, epochs: 300 })
    expect(choices.changedByHand).toBe(true)
  })

  test('stays the picked one when photos change, and a turned knob ends it', async () => {
    const choices = useChoices()
    const presets = await settled()
    presets.choose('quick')
    expect(choices.config.epochs).toBe(11)
    engine.answers['run.presets'] = offersFor('thorough').map((offer) => ({
      ...offer,
      config: { ...offer.config, epochs: offer.config.epochs + 30 },
    }))
    choices.chooseWeights('other')
    await vi.waitFor(() => expect(choices.config.epochs).toBe(41), 3000)
    expect(choices.config).toMatchObject({ preset: 'quick', weights: 'other' })
    choices.config.clipNorm = 1
    expect(choices.changedByHand).toBe(true)
    expect(choices.plainConfig().preset).toBe(null)
    presets.choose('quick')
    expect(choices.config.clipNorm).toBe(null)
    expect(choices.changedByHand).toBe(false)
  })

  test('is asked for again by other weights and not by a knob', async () => {
    const choices = useChoices()
    await settled()
    const before = asksOf('run.presets').length
    choices.config.epochs++
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(asksOf('run.presets')).toHaveLength(before)
    choices.chooseWeights('other')
    await vi.waitFor(() => expect(asksOf('run.presets')).toHaveLength(before + 1), 3000)
    expect(asksOf('run.presets').at(-1)?.[1]).toEqual(baseOf(choices.config))
  })

  test('and the plan are asked for again when a run has ended: both figures are of now', async () => {
    const presets = await settled()
    await vi.waitFor(() => expect(asksOf('run.plan').length).toBeGreaterThan(0), 3000)
    await vi.waitFor(() => expect(useChoices().planning).toBe(false), 3000)
    const before = [asksOf('run.presets').length, asksOf('run.plan').length]
    engine.answers['run.presets'] = offersFor('balanced').map((offer) => ({
      ...offer,
      plan: { ...offer.plan, secondsTotal: 5 },
    }))
    engine.emit('run.event', { type: 'step' })
    engine.emit('run.event', { type: 'finished' })
    await vi.waitFor(() => expect(presets.offerOf('quick')!.plan.secondsTotal).toBe(5), 3000)
    await vi.waitFor(() => expect(asksOf('run.plan').length).toBe(before[1]! + 1), 3000)
    expect(asksOf('run.presets')).toHaveLength(before[0]! + 1)
  })

  test('says one time in its card and above: that of the plan', async () => {
    engine.answers['run.plan'] = planOf({ secondsTotal: 158 })
    const choices = useChoices()
    const presets = await settled()
    await vi.waitFor(() => expect(choices.plan?.secondsTotal).toBe(158), 3000)
    expect(presets.planOf('balanced')).toBe(choices.plan)
    expect(presets.planOf('quick')?.secondsTotal).toBe(20)
    // Its own plan counts at once, not that of what was chosen before.
    presets.choose('quick')
    expect(choices.plan?.secondsTotal).toBe(20)
    expect(presets.planOf('quick')).toBe(choices.plan)
    expect(presets.planOf('balanced')?.secondsTotal).toBe(60)
    choices.config.epochs = 99
    expect(presets.planOf('quick')?.secondsTotal).toBe(20)
  })

  test('a random start has none, and trains every stage', async () => {
    const choices = useChoices()
    const presets = await settled()
    choices.chooseWeights(null, 'resnet34')
    await vi.waitFor(() => expect(presets.offers).toHaveLength(0))
    expect(choices.config).toMatchObject({ frozen: [], architecture: 'resnet34', legs: null })
  })

  test('why there are none is kept, and no toast', async () => {
    engine.answers['run.presets'] = new Error('no')
    const presets = usePresets()
    await vi.waitFor(() => expect(presets.problem?.message).toBe('no'), 3000)
    expect(presets.asking).toBe(false)
  })
})

test('freezing by hand makes one run of several legs', () => {
  const choices = useChoices()
  const leg = { learningRate: null, multipliers: {} }
  choices.config.legs = [
    { ...leg, frozen: ['stem', 'layer1'], epochs: 5 },
    { ...leg, frozen: ['stem'], epochs: 7 },
  ]
  expect(choices.frozen).toEqual(['stem'])
  choices.setFrozen(['stem', 'layer1'])
  expect(choices.config).toMatchObject({ legs: null, frozen: ['stem', 'layer1'], epochs: 12 })
})

test('knobs are the same in any order, with any seed; not with another rate', () => {
  const one = RunConfig.parse({ multipliers: { stem: 1, head: 2 }, seed: 3 })
  const other = RunConfig.parse({ multipliers: { head: 2, stem: 1 }, seed: 4, preset: 'quick' })
  expect(sameKnobs(one, other)).toBe(true)
  expect(sameKnobs(one, { ...other, learningRate: 0.1 })).toBe(false)
})
