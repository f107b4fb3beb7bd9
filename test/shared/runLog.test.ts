// Adding up as events come agrees with adding up all of them at once, however they come.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reduceRun, RunConfig, secondsAt, type RunEvent, type RunNews } from '../../shared/run'
import { RunLog } from '../../shared/runLog'
import { planOf } from './plan'

const started = (from: number): RunNews => ({
  type: 'started',
  config: RunConfig.parse({}),
  plan: planOf({}),
  classes: ['a', 'b'],
  from,
})
const step = (epoch: number): RunNews => ({
  type: 'step',
  step: epoch * 4,
  epoch,
  loss: 1 / (epoch + 1),
  accuracy: 0.5,
  learningRate: 0.1,
  imagesPerSecond: 10,
})
const epoch = (number: number, best: boolean): RunNews => ({
  type: 'epoch',
  epoch: number,
  trainLoss: 1,
  trainAccuracy: 0.5,
  valLoss: 1,
  valAccuracy: 0.5,
  seconds: 1,
  best,
})
const anyNews = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 20 }).map((quarter) => step(quarter / 4)) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()).map((x) => epoch(...x)),
  },
  fc.integer({ min: 0, max: 5 }).map(started),
  fc.constantFrom<RunNews>(
    { type: 'paused' },
    { type: 'paused', reason: 'disk-full', retrying: true },
    { type: 'resumed' },
    { type: 'stopped' },
    { type: 'failed', code: 'bug', message: '', hint: '' },
    { type: 'leg', leg: 1, trains: ['head'] },
    { type: 'warning', message: 'x', path: null },
    { type: 'phase', phase: 'training', done: 1, total: 2, imagesPerSecond: null },
  ),
)
const numbered = (news: readonly RunNews[]) =>
  news.map(
    (item, sequence) =>
      ({
        reason: null,
        retrying: false,
        ...item,
        runId: 'r',
        sequence,
        time: 1000 + sequence * 500,
      }) as RunEvent,
  )

test('agrees with reduceRun after every batch, in order', () => {
  fc.assert(
    fc.property(
      fc.array(anyNews, { maxLength: 40 }),
      fc.integer({ min: 1, max: 7 }),
      (news, size) => {
        const events = numbered([started(0), ...news])
        const log = new RunLog()
        for (let at = 0; at < events.length; at += size) {
          log.add(events.slice(at, at + size))
          expect(log.state).toEqual(reduceRun(events.slice(0, at + size)))
        }
      },
    ),
  )
})

test('agrees with reduceRun for events out of order and with repeats', () => {
  fc.assert(
    fc.property(
      fc.array(anyNews, { maxLength: 30 }).chain((news) => {
        const events = numbered([started(0), ...news])
        return fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.array(fc.constantFrom(...events)),
        )
      }),
      ([events, shuffled, repeats]) => {
        const log = new RunLog()
        for (const event of [...repeats, ...shuffled]) log.add([event])
        expect(log.state).toEqual(reduceRun(events))
      },
    ),
  )
})

test('says when nothing was new, and keeps the same state', () => {
  const events = numbered([started(0), step(1)])
  const log = new RunLog()
  expect(log.add(events)).toBe(true)
  const before = log.state
  expect(log.add(events)).toBe(false)
  expect(log.state).toBe(before)
})

test('a run that went on twice has no step twice', () => {
  const news = [
    started(0),
    ...[1, 2, 3, 4].map(step),
    started(2),
    ...[3, 4].map(step),
    started(3),
    ...[4, 5].map(step),
  ]
  const log = new RunLog()
  log.add(numbered(news))
  expect(log.state.steps.map((event) => event.epoch)).toEqual([1, 2, 3, 4, 5])
})

test('a part that began beyond the checkpoint begins again', () => {
  const leg: RunNews = { type: 'leg', leg: 2, trains: ['head'] }
  const { legs } = reduceRun(
    numbered([
      started(0),
      step(1),
      epoch(1, true),
      step(2),
      leg,
      step(3),
      started(2),
      leg,
      step(3),
    ]),
  )
  expect(legs.map(({ sequence }) => sequence)).toEqual([7])
})

test('time counts neither pauses nor what was done again', () => {
  const news = [
    started(0), // 0 s
    step(1), // 0.5
    { type: 'paused' } as RunNews, // 1
    step(2), // under way when it was paused
    { type: 'resumed' } as RunNews, // 2
    step(3), // 2.5, done again
    started(2), // 3
    step(3), // 3.5
  ]
  const events = numbered(news)
  const state = reduceRun(events)
  expect(state.steps.map(({ time }) => secondsAt(state, time))).toEqual([0.5, 1, 1.5])
})
