// @vitest-environment happy-dom
// The Train room against made-up events: a head that is solved, live and at its end; what a figure says of
// itself, in the room and in the list; and what Thorough's candidates were worth.
import { mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { i18n } from '../../../../renderer/locales/i18n'
import { useRuns } from '../../../../renderer/stores/runs'
import TrainRoom from '../../../../renderer/train/TrainRoom.vue'
import JobStrip from '../../../../renderer/shell/JobStrip.vue'
import type { RunNews } from '../../../../shared/runEvents'
import type { RunSummary } from '../../../../shared/runList'
import { scriptEngine } from '../engine'
import {
  candidate,
  epoch,
  figure,
  finished,
  learned,
  numbered,
  penalty,
  started,
  step,
  summary,
} from '../events'

let shown: VueWrapper
const at = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)
const textOf = (testid: string) => at(testid)?.textContent?.replace(/\s+/g, ' ').trim()

/** A window that shows the first run; `strip`: with the strip of the running job. */
async function open(all: Record<string, readonly RunNews[]>, more: Partial<RunSummary>[] = [{}]) {
  const engine = await scriptEngine({
    'run.list': Object.keys(all).map((runId, i) => summary({ runId, created: 10 - i, ...more[i] })),
    'run.history': ({ runId }: { runId: string }) => numbered(all[runId]!, runId),
  })
  shown = mount(
    { components: { TrainRoom, JobStrip }, template: '<TrainRoom /><JobStrip />' },
    { attachTo: document.body, global: { plugins: [getActivePinia()!, i18n] } },
  )
  await vi.waitFor(() => expect(useRuns().state).not.toBe(null), 3000)
  await shown.vm.$nextTick()
  return engine
}
beforeEach(() => (i18n.global.locale.value = 'en'))
afterEach(() => shown?.unmount())

const exact = started({ solver: 'exact' })
const path = [penalty(1, 0.4), penalty(0.1, 0.2), penalty(0.1, 0.1, ['whole', 'closer'])]
const solving: RunNews = {
  ...{ type: 'phase', phase: 'training', done: 0, total: 0, imagesPerSecond: null },
}
const curve = learned([
  [100, 0.8],
  [200, 0.85],
])
const end = finished({
  figure,
  head: { views: ['whole', 'closer'], penalty: 0.1 },
  calibration: { temperature: 1.4, errorBefore: 0.08, errorAfter: 0.03 },
})

test('while a head is solved its points appear, and nothing speaks of epochs', async () => {
  const engine = await open({ r: [exact, solving, path[0]!] })
  expect(at('path-loss-chart')?.dataset['points']).toBe('2')
  expect(at('loss-chart')).toBe(null)
  expect(at('epoch')).toBe(null)
  expect(at('run-status')?.textContent?.trim()).toBe('Solving')
  const next = numbered([exact, solving, ...path])[3]
  engine.emit('run.event', next)
  await vi.waitFor(() => expect(at('path-loss-chart')?.dataset['points']).toBe('4'), 3000)
  expect(textOf('job-strip')).toContain('2 solved')
  expect(textOf('job-strip')).not.toMatch(/epoch/)
})

test('at its end the figure, its meaning, what more photos bring and what 90 % is worth are said', async () => {
  await open({ r: [exact, ...path, curve, end] }, [{ figure }])
  expect(textOf('best-accuracy')).toBe('91 % ± 3')
  expect(at('best-accuracy')?.dataset['value']).toBe('0.91')
  expect(textOf('run-figure')).toBe('91 % ± 3')
  expect(textOf('figure-sentence')).toBe(
    '91 % ± 3, from 398 photos, each judged by heads that had not seen it.',
  )
  expect(textOf('figure-photos')).toContain('398 photos took turns')
  expect(textOf('figure-calibration')).toContain('expect 87 to 93 of 100')
  expect(textOf('learning-worth')).toBe('200 more photos would be worth about 2 points.')
  expect(textOf('penalty')).toBe('0.1')
})

test('calibration that did not help is not said to have', async () => {
  const calibration = { temperature: 1, errorBefore: 0.032, errorAfter: 0.039 }
  await open({ r: [exact, ...path, finished({ figure, calibration })] })
  expect(textOf('figure-calibration')).toContain('calibration could not better that (3.2 before)')
})

test.each([
  [{ photos: 200, gain: 0.001 }, 'less than half a point'],
  [{ photos: 50, gain: 0.01 }, '50 more photos would be worth about 1 point.'],
  [null, 'cannot be told'],
])('more photos %j', async (more, words) => {
  await open({ r: [exact, ...path, learned([[100, 0.8]], more), end] })
  expect(textOf('learning-worth')).toContain(words)
})

test('a run of an earlier version says that its figure chose itself, in the room and in the list', async () => {
  const old = [started(), step(1, 1), epoch(1), finished({ bestEpoch: 1 })]
  await open({ old })
  expect(textOf('figure-chose-itself')).toContain('chose itself')
  at('part-runs')?.click()
  await shown.vm.$nextTick()
  expect(textOf('run-old')).toContain('90 %chose itself')
})

test.each([
  ['crossFitted', '49 validation photos, each judged by the epoch that the others chose'],
  ['heldOut', '49 test photos that chose nothing'],
] as const)('a figure that is %s says so', async (kind, words) => {
  const judged = finished({ figure: { ...figure, kind, photos: 49 } })
  await open({ r: [started(), step(1, 1), epoch(1), judged] })
  expect(textOf('figure-sentence')).toContain(words)
  expect(at('loss-chart')).not.toBe(null)
})

test('what each way to train was worth, and the sentence once it has ended', async () => {
  const tried = [
    candidate({ name: 'head' }),
    candidate({
      name: 'tuned',
      trains: ['layer3'],
      accuracy: 0.89,
      gain: -0.01,
      gainError: 0.02,
      kept: false,
    }),
  ]
  await open({ r: [started(), ...path, ...tried, epoch(1), end] })
  expect(textOf('candidates')).toContain('-1.0 ± 2.0')
  expect(textOf('candidate-verdict')).toBe(
    'Training layer 3 added nothing on these photos; the head alone is kept.',
  )
  expect(at('loss-chart')).not.toBe(null)
  expect(at('head-panel')).not.toBe(null)
})

test('two runs are compared on the same photos, and it is said when they show no difference', async () => {
  const engine = await open({ a: [exact, ...path, end], b: [started(), step(1, 1), epoch(1)] }, [
    { name: 'Mine', figure },
    { name: 'Yours' },
  ])
  const pair = { first: 'b', second: 'a', photos: 49, onlyFirst: 2, onlySecond: 4, p: 0.6875 }
  engine.answers['run.compare'] = [pair]
  await compareBoth()
  await vi.waitFor(() => expect(at('compare-paired')).not.toBe(null), 3000)
  expect(textOf('compare-paired')).toBe(
    'No difference that these photos could show: of 49 that both judged, only Mine got 4 right and only Yours 2 (p = 0.69).',
  )
  expect(textOf('compare-figure')).toContain('91 % ± 3')
  // The curves of the one that has some are drawn, though the shown one has none.
  await vi.waitFor(() => expect(at('loss-chart')).not.toBe(null), 3000)
})

test.each([
  [
    [{ first: 'b', second: 'a', photos: 49, onlyFirst: 12, onlySecond: 1, p: 0.0034 }],
    'Yours is better',
  ],
  [
    [{ first: 'b', second: 'a', photos: 0, onlyFirst: 0, onlySecond: 0, p: 1 }],
    'cannot be compared',
  ],
  [[], 'cannot be compared'],
])('of a pair %j', async (pairs, words) => {
  const engine = await open({ a: [exact, ...path, end], b: [started(), epoch(1)] }, [
    { name: 'Mine' },
    { name: 'Yours' },
  ])
  engine.answers['run.compare'] = pairs
  await compareBoth()
  await vi.waitFor(() => expect(textOf('compare-paired')).toContain(words), 3000)
})

async function compareBoth() {
  at('part-runs')?.click()
  await shown.vm.$nextTick()
  for (const runId of ['a', 'b']) at(`run-${runId}`)?.click()
  await shown.vm.$nextTick()
  at('runs-compare')?.click()
}

test('in Korean, too', async () => {
  i18n.global.locale.value = 'ko'
  await open({ r: [exact, ...path, curve, end] }, [{ figure }])
  expect(textOf('figure-sentence')).toContain('사진 398장')
  expect(textOf('learning-worth')).toContain('200장')
})
