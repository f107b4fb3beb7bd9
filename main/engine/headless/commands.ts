// What each headless command does, as functions that answer plain results (docs: command-line
// contract in README). Headless runs keep caches in RESTAGE_HOME or ~/.restage.
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Failure, type FailureCode } from '../../../shared/failure'
import { describeDevice } from '../../../shared/device'
import { describeReason } from '../../../shared/reason'
import { ExportFormat } from '../../../shared/evaluation'
import type { RunConfig } from '../../../shared/runConfig'
import type { RunEvent } from '../../../shared/runEvents'
import { reduceRun } from '../../../shared/runState'
import { keepDecodedHeic } from '../pictures/heic'
import { openFingerprints } from '../pictures/fingerprint'
import { scan } from '../dataset/intake/scan'
import { createDevice } from '../device/device'
import { costsOf } from '../plan/costs'
import { goldenCases, type GoldenCase } from '../evaluation/golden'
import { blockEffects } from '../evaluation/blocks'
import { evaluateSamples, openModel, predictPaths } from '../evaluation/model'
import { exportModel } from '../export/exportModel'
import { featureCacheUse } from '../features/features'
import { homePaths, type Home } from '../files/home'
import { presetOffers } from '../plan/presetOffers'
import { readRun } from '../runFiles/runFolder'
import { checkTrainable, countsOf } from '../plan/sampleCounts'
import { samplesOf } from '../plan/samples'
import { inspectFolder } from '../dataset/inspectFolder'
import { labelledFolder } from '../dataset/labelledFolder'
import { startRun } from '../training/startRun'
import { startingWeights } from '../weights/startingWeights'
import { progressOn } from './printProgress'
import { runConfigOf, type PresetOptions, type TrainOptions } from './trainOptions'

function headlessHome(): Home {
  const folder = process.env.RESTAGE_HOME ?? join(os.homedir(), '.restage')
  const home = {
    folder,
    assets: process.env.RESTAGE_ASSETS ?? join(dirname(process.argv[1]!), '..', '..', 'assets'),
  }
  keepDecodedHeic(homePaths(home).heic)
  return home
}

export async function doctor() {
  const home = headlessHome()
  await mkdir(home.folder, { recursive: true })
  const { state: _, device, problems, reasons, ...status } = await createDevice(home).status()
  return {
    ...status,
    device: describeDevice(device, status.threads),
    problems: problems.map(describeReason),
    reasons: reasons.map(describeReason),
    featureCache: await featureCacheUse(homePaths(home).features),
  }
}

/** What a folder-per-class data set holds, and what may be wrong with it. */
export const inspect = (folder: string) =>
  inspectFolder(folder, homePaths(headlessHome()).fingerprints)

export async function trainFolder(folder: string, options: TrainOptions) {
  const home = headlessHome()
  await mkdir(join(home.folder, 'cache'), { recursive: true })
  const run = resolve(options.out)
  const resume = Boolean(options.resume)
  const asked = resume ? readRun(run).config : runConfigOf(options)
  const input = await runInput(home, folder, { config: asked, val: options.val })
  const preset = resume ? undefined : options.preset
  const config = preset ? withPreset(preset, input) : asked
  const started = await startRun({
    ...{ ...input, home, config, resume, replace: !resume },
    runId: basename(run),
    folder: run,
  })
  const stop = () => started.control.stop()
  process.once('SIGINT', stop)
  const events: RunEvent[] = []
  const show = progressOn(process.stderr)
  for await (const event of started.events) {
    events.push(event)
    show(event)
  }
  process.removeListener('SIGINT', stop)
  const state = reduceRun(events)
  if (state.status === 'stopped') throw new Failure('run-stopped')
  if (state.failure) throw failureOf(events)
  const { finished } = state
  return {
    bestValAccuracy: finished!.bestValAccuracy,
    bestEpoch: finished!.bestEpoch,
    figure: finished!.figure,
    calibration: finished!.calibration,
    epochs: state.epochs.map(({ trainLoss, valLoss, valAccuracy, seconds }) => ({
      trainLoss,
      valLoss,
      valAccuracy,
      seconds,
    })),
    secondsTotal: finished!.secondsTotal,
    secondsFeatures: finished!.secondsFeatures,
    imagesPerSecond: finished!.imagesPerSecond,
    peakMemoryBytes: finished!.peakMemoryBytes,
    run,
  }
}

/** What the presets would do with these photos, and which is recommended. */
export async function presetsFor(folder: string, options: PresetOptions) {
  const home = headlessHome()
  await mkdir(join(home.folder, 'cache'), { recursive: true })
  const input = await runInput(home, folder, { config: runConfigOf(options), val: options.val })
  checkTrainable(input.counts)
  return { presets: presetOffers(input) }
}

const withPreset = (preset: string, input: Awaited<ReturnType<typeof runInput>>) =>
  presetOffers(input).find((offer) => offer.preset === preset)!.config

interface Asked {
  readonly config: RunConfig
  /** Folder of the validation photos, where they are not in the other. */
  readonly val: string | undefined
}

/** The photos and weights of a run, and what work costs here. */
async function runInput(home: Home, folder: string, { config, val }: Asked) {
  const pictures = (await labelledFolder(folder)).map((picture) =>
    val === undefined ? picture : { ...picture, split: 'train' as const },
  )
  const held = val === undefined ? [] : await labelledFolder(val)
  const { features, fingerprints } = homePaths(home)
  const known = await openFingerprints(fingerprints)
  const samples = samplesOf(
    await Promise.all(
      [...pictures, ...held.map((picture) => ({ ...picture, split: 'val' as const }))].map(
        async (picture) => ({ ...picture, hash: await known.known(picture.path) }),
      ),
    ),
    config,
  )
  const computing = createDevice(home)
  const precision = await computing.precision(config.precision)
  const { versions, device } = await computing.status()
  const weights = await startingWeights(home, config)
  const costs = await costsOf({
    ...{ home, device, precision, weights },
    photos: [...samples.train, ...samples.val],
  })
  return {
    ...{ config, samples, precision, versions, weights, costs, cacheRoot: features },
    counts: countsOf(samples),
    train: () => samples.train,
  }
}

function failureOf(events: readonly RunEvent[]): Error {
  const last = events[events.length - 1]
  if (last?.type !== 'failed') return new Error('The run ended without a result')
  return last.code === 'bug'
    ? new Error(last.message)
    : new Failure(last.code as FailureCode, last.details)
}

export async function predict(run: string, paths: readonly string[]) {
  const found = await scan(paths.map((path) => resolve(path)))
  const model = await openModel(resolve(run))
  try {
    const predictions = await predictPaths(
      model,
      found.pictures.map(({ path }) => path),
    )
    return predictions.map(({ path, label, confidence, scores, problem }) => ({
      path,
      label,
      confidence,
      scores: Object.fromEntries(scores.map((score) => [score.label, score.score])),
      ...(problem === null ? {} : { problem: describeReason(problem) }),
    }))
  } finally {
    model.inference.dispose()
  }
}

export async function evaluate(
  run: string,
  folder: string,
  { blocks = false }: { blocks?: boolean } = {},
) {
  const model = await openModel(resolve(run))
  try {
    const pictures = await labelledFolder(folder)
    const known = pictures.filter(({ className }) => model.run.classes.includes(className))
    const split = known.some((picture) => picture.split === 'test')
      ? 'test'
      : known.some((picture) => picture.split === 'val')
        ? 'val'
        : null
    const samples = known
      .filter((picture) => split === null || picture.split === split)
      .map(({ id, path, className }) => ({ id, path, label: model.run.classes.indexOf(className) }))
    const { accuracy, classes, confusion, perClass } = await evaluateSamples(
      model,
      samples,
      split ?? 'test',
    )
    const effects = blocks ? await blockEffects(model, samples) : null
    return {
      accuracy,
      classes,
      confusion,
      perClass,
      ...(effects ? { blocks: effects.blocks } : {}),
    }
  } finally {
    model.inference.dispose()
  }
}

export async function exportRun(run: string, { format, out }: { format: string; out: string }) {
  const formats = format.split(',').map((name) => {
    const parsed = ExportFormat.safeParse(name.trim())
    if (parsed.success) return parsed.data
    throw new Failure('bad-input', {
      reason: `"${name}" is no format; there are ${ExportFormat.options.join(', ')}`,
    })
  })
  return { exports: await exportModel(resolve(run), { formats, folder: resolve(out), name: null }) }
}

export async function golden(
  folder: string,
  { salt, precision, only = '' }: { salt: string; precision: string; only?: string },
) {
  const cases: GoldenCase[] = []
  for await (const result of goldenCases(folder, {
    salt: Number(salt),
    precision: precision === 'bfloat16' ? 'bfloat16' : 'float32',
    only,
  })) {
    process.stderr.write(
      `${result.pass ? 'pass' : 'FAIL'} ${result.name}: ${result.error.toExponential(2)} of ${result.tolerance}\n`,
    )
    cases.push(result)
  }
  return { cases }
}
