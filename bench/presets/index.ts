// `node bench/run.mjs presets WEIGHTS SHARE PRESETS SEEDS [SIZE]`: runs presets on ants-bees as the app
// would and judges each on photos that no run has seen; one line of JSON a run. WEIGHTS is starter or
// resnet50v2, SHARE the per cent of the training photos, PRESETS and SEEDS lists with commas.
import { mkdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import { join, resolve } from 'node:path'
import { costsOf } from '../../main/engine/plan/costs'
import { createDevice } from '../../main/engine/device/device'
import { openFingerprints } from '../../main/engine/pictures/fingerprint'
import { evaluateSamples, openModel } from '../../main/engine/evaluation/model'
import { homePaths } from '../../main/engine/files/home'
import { countsOf } from '../../main/engine/plan/sampleCounts'
import { presetOffers } from '../../main/engine/plan/presetOffers'
import { samplesOf, type Samples } from '../../main/engine/plan/samples'
import { labelledFolder } from '../../main/engine/dataset/labelledFolder'
import { startingWeights } from '../../main/engine/weights/startingWeights'
import { startRun } from '../../main/engine/training/startRun'
import { seededRandom } from '../../shared/random'
import { Preset, RunConfig } from '../../shared/runConfig'
import type { RunEvent } from '../../shared/runEvents'
import { reduceRun } from '../../shared/runState'

const shared = resolve('../shared')
const weightsFiles: Readonly<Record<string, string>> = {
  starter: 'starter',
  resnet50v2: join(shared, 'pretrained', 'resnet50v2-imagenet-to-layer3.safetensors'),
}
const folder = process.env.RESTAGE_BENCH_HOME ?? join(os.tmpdir(), 'restage-bench-presets')
const home = { folder, assets: resolve('assets') }
const known = () => openFingerprints(homePaths(home).fingerprints)

/** The set's own validation photos judge; a run draws its validation part from what it may see. */
async function samplesFor(share: number, seed: number): Promise<Samples> {
  const fingerprints = await known()
  const all = await Promise.all(
    (await labelledFolder(join(shared, 'data', 'ants-bees'))).map(async (picture) => ({
      ...picture,
      hash: await fingerprints.known(picture.path),
    })),
  )
  const seen = all.filter(({ split }) => split === 'train')
  const part = [...new Set(seen.map(({ className }) => className))].flatMap((name) => {
    const own = seen.filter(({ className }) => className === name)
    const count = Math.round(own.length * share)
    return share === 1 ? own : seededRandom('part', seed, name).shuffled(own).slice(0, count)
  })
  const judging = all.filter(({ split }) => split === 'val')
  return samplesOf(
    [
      ...part.map((picture) => ({ ...picture, split: null })),
      ...judging.map((picture) => ({ ...picture, split: 'test' as const })),
    ],
    { seed, valFraction: 0.2 },
  )
}

interface Asked {
  readonly weights: string
  readonly share: number
  readonly preset: Preset
  readonly seed: number
  readonly size: number | null
}

async function runOnce({ weights: name, share, preset, seed, size }: Asked) {
  const config = RunConfig.parse({ weights: weightsFiles[name], seed, size })
  const samples = await samplesFor(share, seed)
  const weights = await startingWeights(home, config)
  const computing = createDevice(home)
  const { device, versions } = await computing.status()
  const precision = await computing.precision('auto')
  const costs = await costsOf({
    ...{ home, device, precision, weights },
    photos: [...samples.train, ...samples.val],
  })
  const input = { config, samples, weights, precision, costs }
  const offer = presetOffers({
    ...input,
    counts: countsOf(samples),
    train: () => samples.train,
    cacheRoot: homePaths(home).features,
  }).find((one) => one.preset === preset)!
  const run = join(folder, 'run')
  rmSync(run, { recursive: true, force: true })
  const begun = process.cpuUsage()
  const load = os.loadavg()[0]!
  const started = await startRun({
    ...{ ...input, home, versions, config: offer.config },
    ...{ runId: 'run', folder: run },
  })
  const events: RunEvent[] = []
  for await (const event of started.events) events.push(event)
  const used = process.cpuUsage(begun)
  const { finished, epochs, failure } = reduceRun(events)
  if (!finished) throw new Error(failure?.message ?? 'The run did not finish')
  const model = await openModel(run)
  const judged = await evaluateSamples(model, samples.test, 'test')
  model.inference.dispose()
  return {
    ...{ weights: name, share, preset, seed, size: offer.plan.size },
    test: judged.accuracy,
    val: finished.bestValAccuracy,
    bestEpoch: finished.bestEpoch,
    epochs: epochs.length,
    planned: offer.plan.epochs,
    predicted: offer.plan.secondsTotal,
    actual: finished.secondsTotal,
    processorSeconds: (used.user + used.system) / 1e6,
    load,
    recommended: offer.recommended,
    reasons: offer.reasons,
    legs: offer.plan.legs.map(({ secondsBefore, secondsPerEpoch, epochs: count }) => ({
      ...{ secondsBefore, secondsPerEpoch, epochs: count },
    })),
    seconds: epochs.map(({ seconds }) => Number(seconds.toFixed(3))),
  }
}

async function main() {
  for (const path of [homePaths(home).features]) mkdirSync(path, { recursive: true })
  const [weights, percent, names, seeds, size] = process.argv.slice(2)
  for (const seed of seeds!.split(',').map(Number))
    for (const name of names!.split(',')) {
      const preset = Preset.parse(name)
      const share = Number(percent) / 100
      const asked = { weights: weights!, share, preset, seed, size: size ? Number(size) : null }
      process.stdout.write(`${JSON.stringify(await runOnce(asked))}\n`)
    }
}

void main()
