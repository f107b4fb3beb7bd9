// The presets offered for these weights and photos: each with its plan, and which one is recommended.
import { stages } from '../../../shared/network'
import { presets, type Preset, type RunConfig } from '../../../shared/runConfig'
import type { PresetOffer } from '../../../shared/runPlan'
import { seededRandom } from '../../../shared/random'
import { peekFeatureCache } from '../features/peekFeatureCache'
import type { Precision } from '../../../shared/device'
import { splitNetwork } from '../network/layers'
import { featureCacheFor } from '../features/features'
import { planRun, type PlanInput, type Settings } from './plan'
import { choosePreset } from './presetChoice'
import { presetConfig } from './presets'
import { total, type SampleCounts } from './sampleCounts'
import type { Sample } from '../pictures/sample'
import { separationOf } from './separation'
import type { StartingWeights } from '../weights/startingWeights'

export interface OffersInput extends Pick<PlanInput, 'weights' | 'precision' | 'costs'> {
  /** Gives the settings that presets do not decide. */
  readonly config: RunConfig
  readonly counts: SampleCounts
  /** The training photos. Called only if features are cached, since drawing them takes time. */
  readonly train: () => readonly Sample[]
  readonly cacheRoot: string
}

/** @throws {Failure} weights-mismatch */
export function presetOffers({ counts, train, cacheRoot, ...input }: OffersInput): PresetOffer[] {
  const perClass = counts.train
  const plan = (config: RunConfig) =>
    planRun({
      ...input,
      config,
      classes: counts.classes.length,
      trainPhotos: total(counts.train),
      valPhotos: counts.val,
      testPhotos: counts.test,
    })
  const headOnly = plan(presetConfig('quick', input.config, { stages, perClass }))
  const facts = { stages: stagesOf(headOnly), perClass }
  const offers = presets.map((preset) => {
    const config = presetConfig(preset, input.config, facts)
    return { preset, config, plan: plan(config).plan }
  })
  const secondsOf = (preset: Preset) =>
    offers.find((one) => one.preset === preset)!.plan.secondsTotal
  const { recommended, reasons } = choosePreset({
    perClass,
    separation: cachedSeparation(train, headOnly, { ...input, cacheRoot }),
    seconds: {
      quick: secondsOf('quick'),
      balanced: secondsOf('balanced'),
      thorough: secondsOf('thorough'),
    },
  })
  return offers.map((one) => ({
    ...one,
    recommended: one.preset === recommended,
    reasons: [...reasons[one.preset]],
  }))
}

const stagesOf = ({ network }: Settings) =>
  stages.filter((stage) => network.layers.some((layer) => layer.stage === stage))

/** Photos whose cached features are compared. */
const [minCompared, maxCompared] = [20, 400]

/** From features that are in the cache already; null if too few are. */
function cachedSeparation(
  train: OffersInput['train'],
  { network, resize }: Settings,
  {
    weights: { fingerprint },
    precision,
    cacheRoot,
  }: { weights: StartingWeights; precision: Precision; cacheRoot: string },
): number | null {
  const { below } = splitNetwork(network, 'head')
  const cacheOptions = featureCacheFor({ below, fingerprint, precision, resize, cacheRoot })
  const cache = peekFeatureCache(cacheOptions)
  if (!cache) return null
  const cached = train().filter(({ hash }) => hash && cache.has(hash))
  if (cached.length < minCompared) return null
  const compared = seededRandom('separation')
    .shuffled(cached)
    .slice(0, maxCompared)
    .flatMap(({ hash, label }) => {
      const values = cache.read(hash!)
      return values ? [{ values, label }] : []
    })
  const channels = cacheOptions.bytesPerRecord / 4
  const features = new Float32Array(compared.length * channels)
  compared.forEach(({ values }, i) => features.set(values, i * channels))
  return separationOf({ features, channels, labels: compared.map(({ label }) => label) })
}
