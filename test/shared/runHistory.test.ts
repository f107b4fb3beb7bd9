// Adding up events as they arrive agrees with the definition over all of them (naiveState), in whatever
// order and however often they arrive.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent, RunNews } from '../../shared/runEvents'
import { reduceRun } from '../../shared/runState'
import { RunHistory } from '../../shared/runHistory'
import { comparable, naiveState } from './naiveState'
import { epoch, started, step } from './madeUpEvents'

const anyNews = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 20 }).map((quarter) => step(quarter / 4)) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()).map((x) => epoch(...x)),
  },
  fc.integer({ min: 0, max: 20 }).map((quarter) => started(quarter / 4)),
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

/** Epochs as a run reports them: rising, and from a checkpoint at or before what was reached. */
function possible(news: readonly RunNews[]): RunNews[] {
  let reached = 0
  return news.map((each) => {
    if (each.type === 'step') return step((reached += 0.25))
    if (each.type === 'epoch') return epoch((reached = Math.ceil(reached)), each.best)
    if (each.type === 'started') return started((reached = Math.min(reached, each.from ?? 0)))
    return each
  })
}
const lives = (maxLength: number) => fc.array(anyNews, { maxLength }).map(possible)

test('agrees with the definition after every batch, in order', () => {
  fc.assert(
    fc.property(lives(40), fc.integer({ min: 1, max: 7 }), (news, size) => {
      const events = numbered([started(0), ...news])
      const history = new RunHistory()
      for (let at = 0; at < events.length; at += size) {
        history.add(events.slice(at, at + size))
        expect(comparable(history.state)).toEqual(naiveState(events.slice(0, at + size)))
      }
    }),
  )
})

test('agrees with the definition for events out of order and with repeats', () => {
  fc.assert(
    fc.property(
      lives(30).chain((news) => {
        const events = numbered([started(0), ...news])
        return fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.array(fc.constantFrom(...events)),
        )
      }),
      ([events, shuffled, repeats]) => {
        const history = new RunHistory()
        for (const event of [...repeats, ...shuffled]) history.add([event])
        expect(comparable(history.state)).toEqual(naiveState(events))
        expect(history.state).toEqual(reduceRun(events))
      },
    ),
  )
})

test('says when nothing was new, and keeps the same state', () => {
  const events = numbered([started(0), step(1)])
  const history = new RunHistory()
  expect(history.add(events)).toBe(true)
  const before = history.state
  expect(history.add(events)).toBe(false)
  expect(history.state).toBe(before)
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
  const history = new RunHistory()
  history.add(numbered(news))
  expect([...history.state.steps.column('epoch')]).toEqual([1, 2, 3, 4, 5])
})

test('a leg that began beyond the checkpoint begins again', () => {
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

test('time counts neither pauses nor discarded work', () => {
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
  expect([...state.steps.column('seconds')]).toEqual([0.5, 1, 1.5])
  expect(state.computed).toBe(1500)
})
