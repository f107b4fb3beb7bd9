// What is offered for the weights and photos that are there: each preset with its plan, and which
// one is recommended.
import { stages } from '../../../shared/network'
import { presets, type Preset, type RunConfig } from '../../../shared/runConfig'
import type { PresetOffer } from '../../../shared/runPlan'
import { seededRandom } from '../../../shared/random'
import { peekFeatureCache } from '../features/featureCache'
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
  /** Gives what presets do not decide. */
  readonly config: RunConfig
  readonly counts: SampleCounts
  /** The training photos, drawn only where there are features to judge them by. */
  readonly train: () => readonly Sample[]
  readonly cacheRoot: string
}

/** @throws what planRun throws */
export function presetOffers({ counts, train, cacheRoot, ...input }: OffersInput): PresetOffer[] {
  const perClass = counts.train
  const plan = (config: RunConfig) =>
    planRun({
      ...input,
      config,
      classes: counts.classes.length,
      trainPhotos: total(counts.train),
      valPhotos: counts.val,
    })
  const headAlone = plan(presetConfig('quick', input.config, { stages, perClass }))
  const facts = { stages: stagesOf(headAlone), perClass }
  const made = presets.map((preset) => {
    const config = presetConfig(preset, input.config, facts)
    return { preset, config, plan: plan(config).plan }
  })
  const secondsOf = (preset: Preset) => made.find((one) => one.preset === preset)!.plan.secondsTotal
  const { recommended, reasons } = choosePreset({
    perClass,
    separation: separationHere(train, headAlone, { ...input, cacheRoot }),
    seconds: {
      quick: secondsOf('quick'),
      balanced: secondsOf('balanced'),
      thorough: secondsOf('thorough'),
    },
  })
  return made.map((one) => ({
    ...one,
    recommended: one.preset === recommended,
    reasons: [...reasons[one.preset]],
  }))
}

const stagesOf = ({ network }: Settings) =>
  stages.filter((stage) => network.layers.some((layer) => layer.stage === stage))

/** Enough to judge by, and quickly read. */
const mostJudged = 400
const fewestJudged = 20

/** From features that are in the cache already; null: too few are. */
function separationHere(
  train: OffersInput['train'],
  { network, resize }: Settings,
  {
    weights: { fingerprint },
    precision,
    cacheRoot,
  }: { weights: StartingWeights; precision: Precision; cacheRoot: string },
): number | null {
  const { below } = splitNetwork(network, 'head')
  const place = featureCacheFor({ below, fingerprint, precision, resize, cacheRoot })
  const cache = peekFeatureCache(place)
  if (!cache) return null
  const there = train().filter(({ hash }) => hash && cache.has(hash))
  if (there.length < fewestJudged) return null
  const judged = seededRandom('separation').shuffled(there).slice(0, mostJudged)
  const channels = place.bytesPerRecord / 4
  const features = new Float32Array(judged.length * channels)
  judged.forEach(({ hash }, i) => features.set(cache.read(hash!), i * channels))
  return separationOf({ features, channels, labels: judged.map(({ label }) => label) })
}
