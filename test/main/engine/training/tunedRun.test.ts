// A run that tunes stages from an exact head on: what it tells of each candidate, that its weights are those
// it says it kept, and that an interruption changes no number.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateSamples, openModel } from '../../../../main/engine/evaluation/model'
import { exportModel } from '../../../../main/engine/export/exportModel'
import { labelledFolder } from '../../../../main/engine/dataset/labelledFolder'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { samplesOf, type Samples } from '../../../../main/engine/plan/samples'
import { readOutOfFold } from '../../../../main/engine/runFiles/outOfFold'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import { reduceRun } from '../../../../shared/runState'
import type { RunRequest } from '../../../../shared/runConfig'
import { eventsOf, leafRun, type LeafRun } from './leafRun'

const root = mkdtempSync(join(tmpdir(), 'restage-tuned-'))
let samples: Samples
let run: Awaited<ReturnType<typeof leafRun>>
/** From a random start on, so that tuning wins. */
const wins: RunRequest = {
  ...{ weights: null, architecture: 'resnet20', size: 32, batch: 16, passes: 2, epochs: 8 },
  ...{ solver: 'exact', frozen: [], optimizer: 'adamw', learningRate: 3e-3, schedule: 'oneCycle' },
  ...{ averaging: 0.9, checkpointMinutes: 0, augment: { resizedCrop: 0.3, trivial: 0.3 } },
}
const tune = (name: string, rest: Partial<LeafRun> = {}) =>
  leafRun({ root, name, samples, request: wins, ...rest })
const weightsOf = (folder: string) => readFileSync(runPaths(folder).weights)

beforeAll(async () => {
  const folder = join(root, 'photos')
  await drawLeaves(folder, { perClass: 40, size: 64 })
  samples = samplesOf(await labelledFolder(folder), { seed: 1, valFraction: 0.25 })
  run = await tune('first')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('judges each candidate on the validation photos, and says what it keeps', () => {
  const candidates = eventsOf(run.events, 'candidate')
  expect(candidates.map(({ name }) => name)).toEqual([
    'head',
    'tuned',
    'refitted',
    'blended',
    'blended',
  ])
  for (const { photos } of candidates) expect(photos).toBe(samples.val.length)
  expect(candidates[0]).toMatchObject({ trains: [], gain: null, gainError: null, kept: true })
  for (const { gain, gainError, kept } of candidates.slice(1)) expect(kept).toBe(gain! > gainError!)
  expect(candidates.slice(1).some(({ kept }) => kept)).toBe(true)
  expect(eventsOf(run.events, 'epoch')).toHaveLength(8)
  expect(eventsOf(run.events, 'finished')[0]!.figure).toMatchObject({ kind: 'crossFitted' })
})

it('leaves the weights that it kept, calibrated, with what they said of photos they had not seen', async () => {
  const kept = eventsOf(run.events, 'candidate')
    .filter((each) => each.kept)
    .at(-1)!
  const { logits, classes } = (await readOutOfFold(run.folder))!
  const judged = samples.val.map((_, i) => {
    const from = (samples.train.length + i) * classes
    return logits.slice(from, from + classes)
  })
  const right = judged.filter((row, i) => row.indexOf(Math.max(...row)) === samples.val[i]!.label)
  expect(right.length / judged.length).toBeCloseTo(kept.accuracy, 9)
  expect(logits.slice(0, classes).every(Number.isNaN)).toBe(true)
  const model = await openModel(run.folder)
  const { accuracy } = await evaluateSamples(model, samples.train, { split: 'train' })
  model.inference.dispose()
  expect(accuracy).toBeGreaterThan(0.6)
  const [tfjs] = await exportModel(run.folder, {
    formats: ['tfjs'],
    folder: join(root, 'exported'),
    name: null,
  })
  expect(tfjs!.maxDifference).toBeLessThan(1e-4)
})

describe('interrupted', () => {
  it.each([
    ['epoch', 2],
    ['step', 9],
    ['candidate', 2],
  ])('after %s %i, it goes on and ends the same', async (type, count) => {
    let seen = 0
    const name = `stopped-${type}`
    const first = await tune(name, {
      onEvent: (event, stop) => {
        if (event.type === type && ++seen === count) stop()
      },
    })
    expect(first.events.at(-1)!.type).toBe('stopped')
    const second = await tune(name, { resume: true })
    expect(reduceRun([...first.events, ...second.events]).status).toBe('finished')
    expect(weightsOf(second.folder).equals(weightsOf(run.folder))).toBe(true)
  })
})

it('stops early and keeps the exact head where nothing can win', async () => {
  const starter = { weights: 'starter', architecture: null, size: 64 } as const
  const { events, folder } = await tune('hopeless', {
    request: { ...wins, ...starter, learningRate: 5, schedule: 'constant' },
  })
  const solved = await tune('alone', { request: { ...starter, solver: 'exact' } })
  expect(eventsOf(events, 'epoch').length).toBeLessThan(8)
  expect(eventsOf(events, 'candidate').map(({ kept }) => kept)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
  expect(weightsOf(folder).equals(weightsOf(solved.folder))).toBe(true)
})
