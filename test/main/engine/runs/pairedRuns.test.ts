// Runs of one data set with other splits are compared on the photos that taught neither.
import { beforeAll, expect, it } from 'vitest'
import { readSamples } from '../../../../main/engine/runFiles/storedSamples'
import { reduceRun } from '../../../../shared/runState'
import { decodeJudgement } from '../../../../shared/statistics/judgementCode'
import { addLeaves, ofType, openEngine, tiny, type OpenEngine } from './openEngine'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
let engine: OpenEngine
const runIds: string[] = []
const call = <N extends keyof OpenEngine['handlers']>(name: N) => engine.handlers[name]

beforeAll(async () => {
  engine = await openEngine(root)
  await addLeaves(engine, root)
  for (const request of [{ seed: 1 }, { seed: 1, learningRate: 1e-6 }, { seed: 4 }]) {
    const end = engine.next(ofType('finished', 'failed'))
    const { runId } = await call('run.start')(tiny(request))
    expect((await end).type).toBe('finished')
    runIds.push(runId)
  }
})

async function rightOf(runId: string): Promise<Map<string, boolean>> {
  const samples = (await readSamples((await call('run.folder')({ runId })).path))!
  const { best } = reduceRun(await call('run.history')({ runId }))
  const { right } = decodeJudgement(best!.judged, samples.val.length)!
  return new Map(samples.val.map(({ id }, i) => [id, right[i]!]))
}

it('each two on the photos that both judged', async () => {
  const pairs = await call('run.compare')({ runIds })
  expect(pairs.map(({ first, second }) => [first, second])).toEqual([
    [runIds[0], runIds[1]],
    [runIds[0], runIds[2]],
    [runIds[1], runIds[2]],
  ])
  for (const { first, second, ...pair } of pairs) {
    const [one, other] = [await rightOf(first), await rightOf(second)]
    const both = [...one.keys()].filter((id) => other.has(id))
    const only = (a: Map<string, boolean>, b: Map<string, boolean>) =>
      both.filter((id) => a.get(id) && !b.get(id)).length
    expect(pair).toMatchObject({
      ...{ photos: both.length, onlyFirst: only(one, other), onlySecond: only(other, one) },
    })
  }
  expect(pairs[0]!.photos).toBeGreaterThan(0)
})

it('a solved head by its answers out of fold, on the photos that the other run validated with', async () => {
  const end = engine.next(ofType('finished', 'failed'))
  const { runId } = await call('run.start')(tiny({ solver: 'exact' }))
  expect((await end).type).toBe('finished')
  const [pair] = await call('run.compare')({ runIds: [runIds[0]!, runId] })
  expect(pair!.photos).toBe((await rightOf(runIds[0]!)).size)
})

it('a run that is not there is refused', async () => {
  await expect(call('run.compare')({ runIds: [runIds[0]!, 'run-none'] })).rejects.toMatchObject({
    code: 'run-missing',
  })
})
