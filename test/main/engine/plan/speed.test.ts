// What is measured is kept, and what finished runs say is folded in.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { learnFromRun } from '../../../../main/engine/plan/learnFromRun'
import { correct, correctionsOf, speedOf } from '../../../../main/engine/plan/speed'
import type { RunEvent, RunNews } from '../../../../shared/runEvents'
import { planOf } from '../../../shared/plan'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'speed-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const here = { device: { kind: 'cpu', name: '' }, precision: 'float32' } as const
const home = () => ({ folder, assets: folder })

it('is measured once, without leaving anything but speed.json, and looked up from then on', async () => {
  const asked = { ...here, architecture: 'resnet20' } as const
  const [one, same] = await Promise.all([speedOf(home(), asked), speedOf(home(), asked)])
  expect(same).toBe(one)
  for (const rate of [one.forward, one.training]) {
    expect(rate.perMultiplyAdd + rate.perValue).toBeGreaterThan(0)
    expect(rate.perLayer).toBeGreaterThan(0)
  }
  const kept = readFileSync(join(folder, 'speed.json'), 'utf8')
  expect(await speedOf(home(), { ...asked, architecture: 'resnet56' })).toEqual(one)
  expect(readFileSync(join(folder, 'speed.json'), 'utf8')).toBe(kept)
})

it('two kinds asked for at the same moment are measured one after the other', async () => {
  const kinds = ['resnet20', 'resnet18'] as const
  const speeds = await Promise.all(
    kinds.map((architecture) => speedOf(home(), { ...here, architecture })),
  )
  const kept = JSON.parse(readFileSync(join(folder, 'speed.json'), 'utf8')) as { measured: object }
  expect(Object.values(kept.measured)).toEqual(speeds)
  expect(readdirSync(folder)).toEqual(['speed.json'])
})

it('the first run of a kind counts in full, later ones half; kin stand in for what is unknown', async () => {
  const of = (kind: string) => correctionsOf(home(), here)(kind)
  expect(of('cached/resnet18/head')).toBe(1)
  await correct(home(), here, { kind: 'cached/resnet18/head', taken: 2 })
  expect(of('cached/resnet18/head')).toBeCloseTo(2)
  expect(of('cached/resnet18/layer3')).toBeCloseTo(2)
  expect(of('cached/resnet50/head')).toBe(1)
  await correct(home(), here, { kind: 'cached/resnet18/head', taken: 0.5 })
  expect(of('cached/resnet18/head')).toBeCloseTo(1)
  expect(
    correctionsOf(home(), { ...here, device: { kind: 'cuda', name: 'another' } })(
      'cached/resnet18/head',
    ),
  ).toBe(1)
})

it('a run that took twice as long in all its legs doubles what is foretold of each, not more', async () => {
  const costs = {
    correction: correctionsOf(home(), here),
    correct: (kind: string, value: number) => correct(home(), here, { kind, taken: value }),
  }
  const leg = { epochs: 3, secondsPerEpoch: 1, secondsBefore: 10, secondsFeatures: 9 }
  const plan = planOf({
    legs: [
      { ...leg, trains: ['head'], cachedAfter: 'layer3' },
      { ...leg, trains: ['layer3', 'head'], cachedAfter: 'layer2' },
    ],
  })
  let [seconds, sequence] = [0, 0]
  const events: RunEvent[] = []
  const tell = (after: number, news: RunNews) =>
    events.push({
      ...news,
      ...{ runId: 'r', sequence: sequence++, time: 1000 * (seconds += after) },
    } as RunEvent)
  for (const number of [1, 2]) {
    const features = (done: number): RunNews => ({
      ...{ type: 'phase', phase: 'features', done, total: 10, imagesPerSecond: null },
    })
    tell(0, { type: 'leg', leg: number, trains: ['head'] })
    tell(1, features(0))
    tell(18, features(10))
    tell(1, { type: 'phase', phase: 'training', done: 0, total: 6, imagesPerSecond: null })
    for (let epoch = 1; epoch <= 3; epoch++)
      tell(2, {
        ...{ type: 'epoch', epoch, seconds: 2, best: false },
        ...{ trainLoss: 1, trainAccuracy: 1, valLoss: 1, valAccuracy: 1 },
      })
  }
  await learnFromRun(plan, events, costs)
  const now = correctionsOf(home(), here)
  for (const kind of ['head/resnet18/head', 'cached/resnet18/layer3'])
    expect(now(kind), kind).toBeCloseTo(2, 9)
  for (const kind of ['features/resnet18/head', 'features/resnet18/layer3'])
    expect(now(kind), kind).toBeCloseTo(2, 9)
})

it('one run that was held up does not spoil what is foretold beyond all measure', async () => {
  await correct(home(), here, { kind: 'a/b/c', taken: 1000 })
  expect(correctionsOf(home(), here)('a/b/c')).toBe(5)
})

it('a file that is damaged, or of an earlier version, is as none', async () => {
  writeFileSync(join(folder, 'speed.json'), '{"AMD/CPU/float32": 3e10}')
  expect(correctionsOf(home(), here)('a/b/c')).toBe(1)
  await correct(home(), here, { kind: 'a/b/c', taken: 2 })
  expect(correctionsOf(home(), here)('a/b/c')).toBeCloseTo(2, 9)
})
