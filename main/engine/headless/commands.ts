// What each headless command does, as functions that answer plain results (docs: command-line
// contract in README). Headless runs keep caches in RESTAGE_HOME or ~/.restage.
import { mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { Failure, type FailureCode } from '../../../shared/failure'
import { describeDevice } from '../../../shared/device'
import { describeReason } from '../../../shared/reason'
import { ExportFormat } from '../../../shared/evaluation'
import type { RunEvent } from '../../../shared/runEvents'
import { reduceRun } from '../../../shared/runState'
import { scan } from '../dataset/intake/scan'
import { createDevice } from '../device/device'
import { goldenCases, type GoldenCase } from '../evaluation/golden'
import { openModel, predictPaths } from '../evaluation/model'
import { exportModel } from '../export/exportModel'
import { featureCacheUse } from '../features/features'
import { homePaths } from '../files/home'
import { presetOffers } from '../plan/presetOffers'
import { readRun } from '../runFiles/runFolder'
import { checkTrainable } from '../plan/sampleCounts'
import { inspectFolder } from '../dataset/inspectFolder'
import { startRun } from '../training/startRun'
import { inputOfResumed, runInput } from './runInput'
import { headlessHome } from './headlessHome'
import { progressOn } from './printProgress'
import { runConfigOf, type PresetOptions, type TrainOptions } from './trainOptions'

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
  const photos = { folder, val: options.val }
  const input = resume
    ? await inputOfResumed(home, run, photos)
    : await runInput(home, { ...photos, config: asked })
  checkTrainable(input.counts)
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
  const input = await runInput(home, { folder, config: runConfigOf(options), val: options.val })
  checkTrainable(input.counts)
  return { presets: presetOffers(input) }
}

const withPreset = (preset: string, input: Awaited<ReturnType<typeof runInput>>) =>
  presetOffers(input).find((offer) => offer.preset === preset)!.config

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
