// Events add up to the same state in whatever order and however often they come.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunEvent, RunNews } from '../../shared/runEvents'
import { isActive, reduceRun } from '../../shared/runState'
import { epoch, started as startedFrom, step as stepAt } from './madeUpEvents'

const started = startedFrom(0)
const training: RunNews = {
  type: 'phase',
  phase: 'training',
  done: 0,
  total: 2,
  imagesPerSecond: null,
}
const step = (number: number) => stepAt(number / 2, number)
const finished: RunNews = {
  type: 'finished',
  bestEpoch: 1,
  bestValAccuracy: 0.5,
  secondsTotal: 1,
  secondsFeatures: 0,
  imagesPerSecond: 1,
  peakMemoryBytes: 1,
}
const numbered = (news: readonly RunNews[]) =>
  news.map((item, sequence) => ({ ...item, runId: 'r', sequence, time: sequence }) as RunEvent)
const whole = numbered([
  started,
  training,
  step(1),
  step(2),
  epoch(1, true),
  { type: 'warning', message: 'x', path: null },
  step(3),
  step(4),
  epoch(2, false),
  finished,
])

it('adds up', () => {
  const state = reduceRun(whole)
  expect(state).toMatchObject({ runId: 'r', status: 'finished', lastSequence: 9, failure: null })
  expect([...state.steps.column('step')]).toEqual([1, 2, 3, 4])
  expect(state.best!.epoch).toBe(1)
  expect(state.warnings).toHaveLength(1)
})

it('shuffled and repeated events give the same state', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(whole, { minLength: whole.length }),
      fc.array(fc.constantFrom(...whole)),
      (shuffled, repeats) => {
        expect(reduceRun([...repeats, ...shuffled])).toEqual(reduceRun(whole))
      },
    ),
  )
})

describe('status', () => {
  const statusOf = (...news: RunNews[]) => reduceRun(numbered(news)).status
  it('follows a run', () => {
    expect(statusOf()).toBe('preparing')
    expect(statusOf(started)).toBe('preparing')
    expect(statusOf(started, training)).toBe('running')
    expect(statusOf(started, training, { type: 'paused' })).toBe('paused')
    // A step that was under way when the pause was told does not wake it.
    expect(statusOf(started, training, { type: 'paused' }, step(1))).toBe('paused')
    expect(statusOf(started, training, { type: 'paused' }, { type: 'resumed' })).toBe('running')
    expect(statusOf(started, training, { type: 'stopped' })).toBe('stopped')
    expect(statusOf(started, training, { type: 'stopped' }, started, training)).toBe('running')
  })
  it('is active until it has ended', () => {
    expect((['preparing', 'running', 'paused'] as const).every(isActive)).toBe(true)
    expect((['finished', 'stopped', 'failed'] as const).some(isActive)).toBe(false)
  })
})

it('a run that goes on from its checkpoint has no step twice, and is no longer ended', () => {
  const failed: RunNews = { type: 'failed', code: 'bug', message: '', hint: '' }
  const before = [started, training, step(1), step(2), epoch(1, true), step(3), failed]
  const again: RunNews[] = [startedFrom(1), training, step(3), step(4), epoch(2, false)]
  const state = reduceRun(numbered([...before, ...again]))
  expect([...state.steps.column('step')]).toEqual([1, 2, 3, 4])
  expect(state.epochs.map((event) => event.epoch)).toEqual([1, 2])
  expect([state.status, state.failure]).toEqual(['running', null])
})
