// The figure of a run stays what it was, whatever is edited after it: what it trained on is known from the
// photos it began with.
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { readSamples } from '../../../../main/engine/runFiles/storedSamples'
import type { Evaluation } from '../../../../shared/evaluation'
import { addLeaves, ofType, openEngine, tiny, type OpenEngine } from '../runs/openEngine'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
let engine: OpenEngine
let runId = ''
let before: Evaluation
let trained: ReadonlySet<string>
const call = <N extends keyof OpenEngine['handlers']>(name: N) => engine.handlers[name]
const evaluate = () => call('evaluate.run')({ runId, split: 'val' })
const policy = { val: 0.2, test: 0.1, by: 'picture' as const, seed: 0 }

beforeAll(async () => {
  engine = await openEngine(join(root, 'home'))
  await addLeaves(engine, root)
  const end = engine.next(ofType('finished', 'failed', 'stopped'))
  ;({ runId } = await call('run.start')(tiny()))
  expect((await end).type).toBe('finished')
  const { path } = await call('run.folder')({ runId })
  const samples = (await readSamples(path))!
  expect(samples.train.every(({ hash }) => hash)).toBe(true)
  trained = new Set(samples.train.map(({ id }) => id))
  before = await evaluate()
})

const judgedThatTrained = ({ pictures }: Evaluation) =>
  pictures.filter(({ pictureId }) => trained.has(pictureId)).length

it('says what the photos did, with an interval and the figure that nothing chose', () => {
  expect(before.basis).toMatchObject({ chose: before.pictures.length, trained: 0, addedSince: 0 })
  expect(before.low).toBeLessThan(before.accuracy + 1e-9)
  expect(before.high).toBeGreaterThan(before.accuracy - 1e-9)
  expect(before.figure?.kind).toBe('crossFitted')
})

it('splits drawn afterwards change nothing', async () => {
  await call('dataset.edit')({ type: 'drawSplits', policy, again: true })
  const after = await evaluate()
  expect(after).toEqual(before)
  await call('dataset.edit')({ type: 'undo' })
})

it('leaving photos out only takes these away', async () => {
  const ids = before.pictures.slice(0, 2).map(({ pictureId }) => pictureId)
  await call('dataset.edit')({
    type: 'set',
    groups: [{ pictures: ids, to: { excluded: true } }],
  })
  const after = await evaluate()
  expect(judgedThatTrained(after)).toBe(0)
  expect(after.pictures).toEqual(before.pictures.slice(2))
  await call('dataset.edit')({ type: 'undo' })
})

it('photos that trained are judged only where they are asked for, and that is said', async () => {
  const after = await call('evaluate.run')({ runId, split: 'train' })
  expect(after.basis.trained).toBe(trained.size)
})
