// @vitest-environment happy-dom
// The right side of the Train room against a scripted engine: cards, fields, search, queue, closing.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Component } from 'vue'
import { i18n } from '../../../../renderer/locales/i18n'
import { useFineTune } from '../../../../renderer/runs/fineTune'
import ClosingDialog from '../../../../renderer/shell/ClosingDialog.vue'
import { useChoices } from '../../../../renderer/stores/choices'
import { useQueue } from '../../../../renderer/stores/queue'
import { useRuns } from '../../../../renderer/stores/runs'
import AllSettings from '../../../../renderer/train/settings/AllSettings.vue'
import AugmentStrip from '../../../../renderer/train/settings/AugmentStrip.vue'
import PresetCards from '../../../../renderer/train/settings/PresetCards.vue'
import QueuePanel from '../../../../renderer/train/settings/QueuePanel.vue'
import RateFinder from '../../../../renderer/train/settings/RateFinder.vue'
import { RunConfig } from '../../../../shared/runConfig'
import type { QueueItem } from '../../../../shared/runList'
import { offersFor, planOf, scriptEngine } from '../engine'
import { numbered, started } from '../events'
import type { FakeRestage } from '../../fakeRestage'

let engine: FakeRestage
let shown: VueWrapper
const show = (component: Component, props = {}) => {
  shown = mount(component, {
    props,
    attachTo: document.body,
    global: { plugins: [getActivePinia()!, i18n] },
  })
  return shown
}
const at = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)
const lastOf = (name: string) => engine.asked.filter(([called]) => called === name).at(-1)?.[1]

beforeEach(async () => {
  i18n.global.locale.value = 'en'
  engine = await scriptEngine({ 'run.presets': offersFor('balanced') })
  const choices = useChoices()
  await vi.waitFor(() => expect(choices.plan).not.toBe(null), 3000)
})
afterEach(() => shown?.unmount())

async function offered() {
  show(PresetCards)
  await vi.waitFor(() => expect(at('preset-cost-quick')).not.toBe(null), 3000)
}

describe('preset cards', () => {
  test('say what they cost here, which fits and why; arrows go between them', async () => {
    await offered()
    expect(at('preset-cost-balanced')?.textContent).toBe('about 1 min, 900 MB')
    const recommended = at('preset-balanced')
    expect(recommended?.textContent).toContain('recommended')
    expect(recommended?.textContent).toContain('With few photos')
    expect(recommended?.getAttribute('aria-checked')).toBe('true')
    recommended?.focus()
    await shown.get('[role=radiogroup]').trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(at('preset-thorough'))
    expect(useChoices().config).toMatchObject({ preset: 'thorough', epochs: 13 })
  })

  test('say when something was changed by hand, and take it back', async () => {
    await offered()
    useChoices().config.batch = 5
    await flushPromises()
    expect(at('changed-by-hand')?.textContent).toContain('Changed by hand')
    at('preset-restore')?.click()
    await flushPromises()
    expect(useChoices().config.batch).toBe(32)
    expect(at('changed-by-hand')).toBe(null)
  })
})

describe('all settings', () => {
  const put = (testid: string, text: string) =>
    shown.get(`[data-testid="${testid}"]`).setValue(text)
  beforeEach(async () => {
    show(AllSettings)
    await shown.get('[data-testid=all-settings]').trigger('click')
  })

  test('a number that cannot be is refused with the reason, the last good one stays', async () => {
    const field = shown.get<HTMLInputElement>('[data-testid=setting-epochs]')
    await put('setting-epochs', '40')
    expect(useChoices().config.epochs).toBe(40)
    await put('setting-epochs', '0')
    expect(useChoices().config.epochs).toBe(40)
    expect(field.element.value).toBe('40')
    expect(at('setting-epochs-refused')?.textContent).toBe(
      'A whole number from 1 to 10,000. It stays at 40.',
    )
    await put('setting-learningRate', '')
    expect(useChoices().config.learningRate).toBe(null)
  })

  test('the filter finds a knob in a folded group, and a knob that counts for nothing is away', async () => {
    expect(at('setting-momentum')).toBe(null)
    await put('knob-filter', 'moment')
    expect(at('setting-momentum')).not.toBe(null)
    expect(at('setting-epochs')).toBe(null)
    useChoices().config.optimizer = 'adamw'
    await flushPromises()
    expect(at('setting-momentum')).toBe(null)
  })
})

describe('how the head is found', () => {
  const stages = ['stem', 'layer1', 'head'] as const
  beforeEach(async () => {
    useChoices().network = { stages: stages.map((stage) => ({ stage, blocks: [] })) } as never
    show(AllSettings)
    await shown.get('[data-testid=all-settings]').trigger('click')
  })

  test('is a setting of a head that trains alone; solved, nothing of steps and epochs counts', async () => {
    expect(at('setting-epochs')).not.toBe(null)
    await shown.get('[data-testid=setting-solver]').setValue('exact')
    expect(useChoices().config.solver).toBe('exact')
    await flushPromises()
    for (const gone of ['setting-epochs', 'setting-learningRate', 'knobs-optimiser', 'rate-find'])
      expect(at(gone), gone).toBe(null)
    expect(at('leg-0')?.textContent).toContain('solved exactly')
    expect(at('knobs-classes')).not.toBe(null)
  })

  test('is none where stages below it train', async () => {
    useChoices().setFrozen(['stem'])
    useChoices().config.solver = 'exact'
    await flushPromises()
    expect(at('setting-solver')).toBe(null)
    expect(at('setting-epochs')).not.toBe(null)
  })
})

describe('the learning-rate finder', () => {
  const curve = { rates: [0.001, 0.01, 0.1], losses: [2, 1, 3], suggested: 0.0123 }
  const finder = (onApply = (_rate: number): void => undefined) =>
    show(RateFinder, { config: () => RunConfig.parse({ epochs: 9 }), onApply })

  test('shows the suggestion and applies it when asked', async () => {
    engine.answers['run.findRate'] = curve
    const applied: number[] = []
    finder((rate) => applied.push(rate))
    at('rate-find')?.click()
    await vi.waitFor(() => expect(at('rate-suggested')?.textContent).toContain('0.012'))
    expect(lastOf('run.findRate')).toMatchObject({ epochs: 9 })
    expect(applied).toEqual([])
    at('rate-apply')?.click()
    await vi.waitFor(() => expect(applied).toEqual([0.012]))
  })

  test('a failure is said in place; a cancelled search leaves nothing', async () => {
    engine.answers['run.findRate'] = new Error('Too few photos.')
    finder()
    at('rate-find')?.click()
    await vi.waitFor(() => expect(at('rate-problem')).not.toBe(null))
    let arrive!: (value: unknown) => void
    engine.answers['run.findRate'] = new Promise((resolve) => (arrive = resolve))
    at('rate-find')?.click()
    await vi.waitFor(() => expect(at('rate-cancel')).not.toBe(null))
    at('rate-cancel')?.click()
    arrive(curve)
    await vi.waitFor(() => expect(at('rate-find')).not.toBe(null))
    expect(lastOf('run.cancelFindRate')).toBe(undefined)
    expect(engine.asked.some(([name]) => name === 'run.cancelFindRate')).toBe(true)
    expect([at('rate-suggested'), at('rate-problem')]).toEqual([null, null])
  })
})

test('the strip draws anew for other settings and other dice, and gives its pictures back', async () => {
  const made: string[] = []
  const revoked: string[] = []
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    made.push(`blob:${made.length}`)
    return made.at(-1)!
  })
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void revoked.push(url))
  const images = Array.from({ length: 16 }, () => new Uint8Array([1]))
  engine.answers['run.previewAugmentation'] = { picture: '1', type: 'image/png', images }
  const asks = () => engine.asked.filter(([name]) => name === 'run.previewAugmentation').length
  show(AugmentStrip)
  await vi.waitFor(() => expect(document.querySelectorAll('img')).toHaveLength(16), 3000)
  expect(lastOf('run.previewAugmentation')).toMatchObject({ seed: 1, picture: null })
  at('augment-dice')?.click()
  await vi.waitFor(() => expect(asks()).toBe(2), 3000)
  expect(lastOf('run.previewAugmentation')).toMatchObject({ seed: 2 })
  useChoices().config.augment = { ...useChoices().config.augment, rotate: 30 }
  await vi.waitFor(() => expect(asks()).toBe(3), 3000)
  await vi.waitFor(() => expect(made).toHaveLength(48))
  shown.unmount()
  expect(revoked.sort()).toEqual(made.sort())
  vi.restoreAllMocks()
})

describe('the queue', () => {
  const item = (id: string, state: QueueItem['state']): QueueItem => ({
    ...{ id, queue: 'q', label: `item ${id}`, config: RunConfig.parse({}), state },
    ...{ runId: state === 'waiting' ? null : `run-${id}`, message: null },
  })

  test('shows what runs and waits, and takes out what waits', async () => {
    show(QueuePanel)
    engine.emit('queue.changed', [item('1', 'running'), item('2', 'waiting'), item('3', 'waiting')])
    await flushPromises()
    expect(at('queue-item-1')?.dataset.state).toBe('running')
    expect(at('queue-cancel-1')).toBe(null)
    at('queue-cancel-2')?.click()
    expect(lastOf('queue.cancel')).toEqual({ ids: ['2'] })
    at('queue-cancel-all')?.click()
    expect(lastOf('queue.cancel')).toEqual({ ids: ['2', '3'] })
    expect(useQueue().batches[0]?.over).toBe(false)
  })
})

describe('closing while a run goes on', () => {
  test.each(['background', 'pause', 'stop', 'stay'])('answers %s', async (then) => {
    show(ClosingDialog)
    engine.emit('app.closing', { runId: 'r' })
    await flushPromises()
    at(`closing-${then}`)?.click()
    await flushPromises()
    expect(lastOf('app.close')).toEqual({ then })
    expect(at('closing-stay')).toBe(null)
  })

  test('of a head that is solved, stopping is said to leave no model', async () => {
    show(ClosingDialog)
    useRuns().currentId = 'r'
    engine.answers['run.history'] = numbered([started({ solver: 'exact' })])
    await useRuns().history('r')
    engine.emit('app.closing', { runId: 'r' })
    await flushPromises()
    expect(at('closing-stop')?.textContent).toContain('without a model')
    expect(at('closing-background')?.textContent).toContain('the run goes on')
  })

  test('Escape stays; the focus starts on what loses nothing', async () => {
    show(ClosingDialog)
    engine.emit('app.closing', { runId: 'r' })
    await vi.waitFor(() => expect(document.activeElement).toBe(at('closing-background')))
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }),
    )
    await flushPromises()
    expect(engine.asked.filter(([name]) => name === 'app.close')).toEqual([
      ['app.close', { then: 'stay' }],
    ])
  })
})

test.each([
  [[['head']], 'Trains the head on 245 photos'],
  [[['head'], ['layer4', 'head']], 'Trains the head, then layer 4, on 245 photos'],
  [
    [['head'], ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head']],
    'Trains the head, then the whole network, on 245 photos',
  ],
  [[['head'], ['head']], 'Trains the head, then once more, on 245 photos'],
  [
    [
      ['head'],
      ['layer4', 'head'],
      ['layer3', 'layer4', 'head'],
      ['layer2', 'layer3', 'layer4', 'head'],
    ],
    'Trains the head, then in 3 steps layer 2, layer 3, layer 4, head, on 245 photos',
  ],
] as const)('the sentence beside the button for %j', async (legs, said) => {
  const plan = planOf({
    trains: [...legs.at(-1)!],
    legs: legs.map((trains) => ({
      ...{ trains: [...trains], cachedAfter: null, epochs: 5 },
      ...{ secondsPerEpoch: null, secondsBefore: null, secondsFeatures: null },
    })),
  })
  let sentence = ''
  show({
    setup: () => {
      const fineTune = useFineTune()
      useChoices().plan = plan
      sentence = fineTune.sentence.value
      return () => null
    },
  })
  expect(sentence).toBe(said)
})

test('a head that is solved is said to be, beside the button', () => {
  let sentence = ''
  show({
    setup: () => {
      const fineTune = useFineTune()
      useChoices().config.solver = 'exact'
      useChoices().plan = planOf()
      sentence = fineTune.sentence.value
      return () => null
    },
  })
  expect(sentence).toBe('Solves the head on 305 photos')
})
