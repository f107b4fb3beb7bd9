// A run whose head is solved: what it tells, what it leaves behind, and that an interruption at any time
// changes no number.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateSamples, openModel } from '../../../../main/engine/evaluation/model'
import { exportModel } from '../../../../main/engine/export/exportModel'
import type { Samples } from '../../../../main/engine/plan/samples'
import { readOutOfFold } from '../../../../main/engine/runFiles/outOfFold'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import { reduceRun } from '../../../../shared/runState'
import { softmax } from '../../../../shared/statistics/metrics'
import { eventsOf, leafRun, leafSamples, type LeafRun } from './leafRun'

const root = mkdtempSync(join(tmpdir(), 'restage-solved-'))
let samples: Samples
let run: Awaited<ReturnType<typeof leafRun>>
const solve = (name: string, rest: Partial<LeafRun> = {}) =>
  leafRun({ root, name, samples, request: { solver: 'exact' }, ...rest })

beforeAll(async () => {
  samples = await leafSamples(root)
  run = await solve('first')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const solvedEvents = (events: typeof run.events) =>
  eventsOf(events, 'penalty').map(({ penalty, views, trainLoss, outOfFoldLoss }) => ({
    ...{ penalty, views, trainLoss, outOfFoldLoss },
  }))
const weightsOf = (folder: string) => readFileSync(runPaths(folder).weights)

it('tells the path of penalties for both choices of views, a learning curve and an honest figure', () => {
  const state = reduceRun(run.events)
  expect(state.status).toBe('finished')
  const views = state.penalties.map((event) => event.views.join())
  expect([...new Set(views)]).toEqual(['whole', 'whole,closer'])
  const penalties = state.penalties.map(({ penalty }) => penalty)
  for (const each of ['whole', 'whole,closer']) {
    const own = penalties.filter((_, i) => views[i] === each)
    expect(own).toEqual([...own].sort((a, b) => b - a))
  }
  const photos = samples.train.length + samples.val.length
  const { figure, head, calibration, bestValAccuracy } = state.finished!
  expect(figure).toMatchObject({ kind: 'outOfFold', photos })
  expect(bestValAccuracy).toBe(figure!.accuracy)
  expect(penalties).toContain(head!.penalty)
  expect(calibration!.temperature).toBeGreaterThan(0)
  const { points } = state.learningCurve!
  expect(points.at(-1)!.photos).toBe(Math.round(photos * 0.8))
})

it('leaves weights that answer as the head did, and out-of-fold answers of every photo', async () => {
  const photos = [...samples.train, ...samples.val]
  const { logits, classes } = (await readOutOfFold(run.folder))!
  expect(logits.length).toBe(photos.length * classes)
  const right = photos.filter(({ label }, i) => {
    const scores = softmax(logits.slice(i * classes, (i + 1) * classes), classes)
    return scores.indexOf(Math.max(...scores)) === label
  })
  expect(
    Math.abs(right.length / photos.length - reduceRun(run.events).finished!.figure!.accuracy),
  ).toBeLessThan(0.15)
  const model = await openModel(run.folder)
  const { views } = reduceRun(run.events).finished!.head!
  expect(model.network.views).toEqual(views)
  const evaluation = await evaluateSamples(model, photos, { split: 'train' })
  model.inference.dispose()
  // It was taught by these photos.
  expect(evaluation.accuracy).toBeGreaterThan(0.9)
})

it('is exported with its views inside', async () => {
  const [tfjs, safetensors] = await exportModel(run.folder, {
    formats: ['tfjs', 'safetensors'],
    folder: join(root, 'exported'),
    name: null,
  })
  expect(tfjs!.maxDifference).toBeLessThan(1e-5)
  expect(safetensors!.maxDifference).toBe(0)
})

it('the same photos and seed give the same bytes', async () => {
  const again = await solve('again')
  expect(solvedEvents(again.events)).toEqual(solvedEvents(run.events))
  expect(weightsOf(again.folder).equals(weightsOf(run.folder))).toBe(true)
})

describe('interrupted', () => {
  it.each([1, 4, 9])('after penalty %i, it begins again and ends the same', async (after) => {
    const name = `stopped-${after}`
    const first = await solve(name, {
      onEvent: (event, stop) => {
        if (event.type !== 'penalty') return
        if (
          eventsOf(run.events, 'penalty').findIndex(
            ({ penalty, views }) =>
              penalty === event.penalty && views.length === event.views.length,
          ) +
            1 ===
          after
        )
          stop()
      },
    })
    expect(first.events.at(-1)!.type).toBe('stopped')
    const second = await solve(name, { resume: true })
    expect(reduceRun([...first.events, ...second.events]).status).toBe('finished')
    expect(weightsOf(second.folder).equals(weightsOf(run.folder))).toBe(true)
  })
})

describe('few photos', () => {
  const some = (perClass: number, classes = 3): Samples => ({
    ...samples,
    classes: samples.classes.slice(0, classes),
    train: samples.classes
      .slice(0, classes)
      .flatMap((_, label) =>
        samples.train.filter((photo) => photo.label === label).slice(0, perClass),
      ),
    val: [],
  })

  it('one a class: a model that says it knows nothing', async () => {
    const { events, folder } = await solve('one', { samples: some(1) })
    const { figure } = reduceRun(events).finished!
    expect(figure).toMatchObject({ photos: 3, low: 0 })
    const model = await openModel(folder)
    const { accuracy } = await evaluateSamples(model, some(1).train, { split: 'train' })
    model.inference.dispose()
    expect(accuracy).toBe(1)
  })

  it('two photos of two classes, without any to validate', async () => {
    const { events } = await solve('two', { samples: some(1, 2) })
    expect(reduceRun(events).status).toBe('finished')
  })

  it('photos that cannot be read are left out, and have no answer', async () => {
    const broken = join(root, 'broken.jpg')
    writeFileSync(broken, 'no picture')
    const photo = { id: 'broken', path: broken, label: 0 }
    const { events, folder } = await solve('broken', {
      samples: { ...samples, train: [photo, ...samples.train] },
    })
    expect(eventsOf(events, 'warning').flatMap(({ path }) => path ?? [])).toEqual([broken])
    const { logits, classes } = (await readOutOfFold(folder))!
    expect(logits.slice(0, classes).every(Number.isNaN)).toBe(true)
    expect(logits.slice(classes).some(Number.isNaN)).toBe(false)
  })

  it('where none can be read, says so', async () => {
    const gone = samples.train.map((photo) => ({ ...photo, path: `${photo.path}.gone` }))
    const { events } = await solve('gone', { samples: { ...samples, train: gone, val: [] } })
    expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'dataset-too-small' })
  })
})

it('test photos teach nothing and give the figure', async () => {
  const test = samples.val
  const { events } = await solve('tested', { samples: { ...samples, val: [], test } })
  expect(reduceRun(events).finished!.figure).toMatchObject({
    kind: 'heldOut',
    photos: test.length,
  })
})

it('a copy of a photo never judges what the photo taught', async () => {
  const twice: Samples = {
    ...samples,
    train: samples.train.flatMap((photo) => [photo, { ...photo, id: `${photo.id}-copy` }]),
    val: [],
  }
  const once: Samples = { ...samples, val: [] }
  const [copies, plain] = [
    await solve('copies', { samples: twice }),
    await solve('plain', { samples: once }),
  ]
  const [with_, without] = [copies, plain].map(({ events }) => reduceRun(events).finished!.figure!)
  // With copies on both sides nearly every photo would be right.
  expect(with_!.accuracy).toBeLessThan(without!.accuracy + 0.1)
})
