// Exports of a real run, opened again, say what the app says.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { evaluateSamples, openModel, predictPaths } from '../../../../main/engine/evaluation/model'
import { exportModel } from '../../../../main/engine/export/exportModel'
import type { Samples } from '../../../../main/engine/plan/samples'
import { runPaths, type RunFile } from '../../../../main/engine/runFiles/runFolder'
import {
  readSafetensors,
  writeSafetensors,
} from '../../../../main/engine/weights/formats/safetensors'
import { leafRun, leafSamples, measured } from '../training/leafRun'
import { failureOf, temporaryFolder } from '../weights/temporaryFolder'
import { reason } from '../../../../shared/reason'

const { folder: root } = temporaryFolder()
let samples: Samples
let run: Awaited<ReturnType<typeof leafRun>>
beforeAll(async () => {
  samples = await leafSamples(root)
  run = await leafRun({ root, name: 'run', samples })
})

it('tfjs and safetensors differ from the app by less than 1e-4', async () => {
  const results = await exportModel(run.folder, {
    formats: ['tfjs', 'safetensors'],
    folder: join(root, 'out'),
    name: null,
  })
  expect(results.map(({ format }) => format)).toEqual(['tfjs', 'safetensors'])
  for (const { maxDifference, checkedOn, bytes } of results) {
    expect(maxDifference).toBeLessThan(1e-4)
    expect(checkedOn).toBe(samples.val.length + samples.train.length)
    expect(bytes).toBeGreaterThan(1e6)
  }
  const [tfjs, safetensors] = results.map(({ path }) => path)
  const model = JSON.parse(readFileSync(join(tfjs!, 'model.json'), 'utf8')) as {
    userDefinedMetadata: { classes: string[]; resize: number }
    weightsManifest: { paths: string[] }[]
  }
  expect(model.userDefinedMetadata.classes).toEqual(['Birch', 'Maple', 'Willow'])
  for (const path of model.weightsManifest[0]!.paths)
    expect(statSync(join(tfjs!, path)).size).toBeLessThanOrEqual(4 * 2 ** 20)
  const { tensors, metadata } = await readSafetensors(join(safetensors!, 'model.safetensors'))
  // So that a photo can be resized again as it was in training.
  const { resize } = JSON.parse(readFileSync(runPaths(run.folder).run, 'utf8')) as RunFile
  expect(model.userDefinedMetadata.resize).toBe(resize)
  expect(metadata).toMatchObject({
    architecture: 'resnet18',
    cut: 'layer3',
    resize: String(resize),
  })
  expect([...tensors.keys()].some((name) => name.startsWith('head_norm.'))).toBe(false)
})

it('the opened run evaluates as its best epoch did, and adds up', async () => {
  const model = await openModel(run.folder)
  const evaluation = await evaluateSamples(model, samples.val, { split: 'val' })
  const missing = join(root, 'missing.jpg')
  const predictions = await predictPaths(model, [...samples.val.map(({ path }) => path), missing])
  model.inference.dispose()
  const epochs = measured(run.events)
  const best = epochs.filter((epoch) => epoch.best)
  expect(evaluation.accuracy).toBeCloseTo(best[best.length - 1]!.valAccuracy, 6)
  expect(evaluation.confusion.flat().reduce((a, b) => a + b, 0)).toBe(samples.val.length)
  evaluation.pictures.forEach(({ predicted }, i) =>
    expect(predictions[i]!.label).toBe(evaluation.classes[predicted]),
  )
  for (const { scores } of predictions.slice(0, -1))
    expect(scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5)
  expect(predictions[predictions.length - 1]).toMatchObject({
    path: missing,
    label: '',
    scores: [],
    problem: reason('file-gone'),
  })
})

it('a folder without a run is no model', async () => {
  expect(
    (
      await failureOf(
        exportModel(join(root, 'leaves'), { formats: ['tfjs'], folder: root, name: null }),
      )
    ).code,
  ).toBe('run-missing')
  expect(existsSync(join(root, 'restage-tfjs'))).toBe(false)
})

/** A copy of the run whose weights give NaN for every photo. */
async function runWithoutNumbers() {
  const folder = join(root, 'broken run')
  cpSync(run.folder, folder, { recursive: true })
  const { weights } = runPaths(folder)
  const { tensors } = await readSafetensors(weights)
  await writeSafetensors(
    weights,
    new Map(
      [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => NaN) }]),
    ),
  )
  return folder
}

it('an export replaces nothing and removes nothing, whether it succeeds or fails', async () => {
  const out = join(root, 'kept')
  const theirs = join(out, 'restage-safetensors')
  mkdirSync(theirs, { recursive: true })
  writeFileSync(join(theirs, 'my-notes.txt'), 'mine')
  const request = { formats: ['safetensors'], folder: out, name: null } as const
  const [made] = await exportModel(run.folder, request)
  expect(made!.path).toBe(join(out, 'restage-safetensors 2'))
  const first = readFileSync(join(made!.path, 'model.safetensors'))

  const failure = await failureOf(exportModel(await runWithoutNumbers(), request))
  expect(failure.code).toBe('export-differs')
  expect(readdirSync(out).sort()).toEqual(['restage-safetensors', 'restage-safetensors 2'])
  expect(readdirSync(theirs)).toEqual(['my-notes.txt'])
  expect(readFileSync(join(made!.path, 'model.safetensors')).equals(first)).toBe(true)
})

it('two exports at once get a folder each', async () => {
  const out = join(root, 'at once')
  const request = { formats: ['safetensors'], folder: out, name: 'model' } as const
  await Promise.all([exportModel(run.folder, request), exportModel(run.folder, request)])
  expect(readdirSync(out).sort()).toEqual(['model', 'model 2'])
  for (const name of readdirSync(out)) expect(readdirSync(join(out, name)).length).toBe(1)
})

it('a named export is one new folder, numbered where the name is taken', async () => {
  const out = join(root, 'named')
  const request = { formats: ['safetensors'], folder: out, name: '가'.repeat(100) } as const
  const paths = [await exportModel(run.folder, request), await exportModel(run.folder, request)]
  const folders = readdirSync(out).sort()
  expect(folders).toEqual(['가'.repeat(66), `${'가'.repeat(66)} 2`])
  expect(paths.flat().map(({ path }) => path)).toEqual(
    folders.map((folder) => join(out, folder, 'restage-safetensors')),
  )
})

it('a run whose weights have a changed bit is refused, in use and in export', async () => {
  const folder = join(root, 'flipped run')
  cpSync(run.folder, folder, { recursive: true })
  const { weights } = runPaths(folder)
  const bytes = readFileSync(weights)
  bytes[bytes.length - 2] = bytes[bytes.length - 2]! ^ 1
  writeFileSync(weights, bytes)
  expect((await failureOf(openModel(folder))).code).toBe('weights-damaged')
  const request = { formats: ['safetensors'], folder: join(root, 'flipped'), name: null } as const
  expect((await failureOf(exportModel(folder, request))).code).toBe('weights-damaged')
  expect(existsSync(request.folder)).toBe(false)
})
