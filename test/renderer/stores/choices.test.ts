// @vitest-environment happy-dom
// When a plan is asked for: soon after a change, also where the plan before took very long.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { useChoices } from '../../../renderer/stores/choices'
import { useDataset } from '../../../renderer/stores/dataset'
import { useEngine } from '../../../renderer/stores/engine'
import { packPictures } from '../../../shared/pictureColumns'
import { fakeRestage } from '../fakeRestage'
import { picture, snapshotOf } from './pictures'

/** What the first plan takes where the computer is measured for it. */
const slow = 8000

let plans: number
beforeEach(() => {
  vi.useFakeTimers()
  plans = 0
  const pictures = [picture('1', { classId: 'a' }), picture('2', { classId: 'b' })]
  const whole = snapshotOf(pictures)
  const classes = whole.counts.classes.map((counts) => ({ ...counts, usable: counts.total }))
  const answers: Readonly<Record<string, unknown>> = {
    'dataset.snapshot': { ...whole, counts: { ...whole.counts, classes } },
    'dataset.pictures': { revision: 1, from: 0, total: 2, pictures: packPictures(pictures) },
  }
  fakeRestage({
    ...answers,
    'run.plan': async () => {
      if (++plans === 1) await new Promise((resolve) => setTimeout(resolve, slow))
    },
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a change is planned for within two seconds after a plan that took eight', async () => {
  await useDataset().load()
  const choices = useChoices()
  useEngine().status = { state: 'ready' } as never
  await vi.advanceTimersByTimeAsync(slow + 1000)
  expect(plans).toBe(1)
  choices.config.seed++
  await nextTick()
  await vi.advanceTimersByTimeAsync(2100)
  expect(plans).toBe(2)
})
