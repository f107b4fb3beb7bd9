// Recommends a preset for these photos on this computer, with the reasons that the window shows.
import { presets, type Preset } from '../../../shared/runConfig'
import type { PresetOffer } from '../../../shared/runPlan'
import { isUnbalanced } from './presets'

export type Reason = PresetOffer['reasons'][number]
export interface Circumstances {
  /** Training photos of each class. */
  readonly perClass: readonly number[]
  /** How well the backbone's features separate the classes, 0 (chance) to 1; null: not known. */
  readonly separation: number | null
  /** Predicted for each preset; null: not known. */
  readonly seconds: Readonly<Record<Preset, number | null>>
}
export interface Choice {
  readonly recommended: Preset
  readonly reasons: Readonly<Record<Preset, readonly Reason[]>>
}

/** Photos of a typical class: below the first only a head can be trained well, from the second on a whole
 *  network can. */
const [few, many] = [50, 500]
/** Values of `separation` from which the photos count as like, and below which as unlike, those of
 *  pretraining. */
const [alike, unlike] = [0.8, 0.5]
/** In seconds; slower presets are not recommended. */
const maxSeconds = 3600

export function choosePreset({ perClass, separation, seconds }: Circumstances): Choice {
  const typical = [...perClass].sort((a, b) => a - b)[perClass.length >> 1] ?? 0
  const facts: Reason[] = [
    ...(typical < few ? (['fewPhotos'] as const) : []),
    ...(typical >= many ? (['manyPhotos'] as const) : []),
    ...(separation !== null && separation >= alike ? (['likePretraining'] as const) : []),
    ...(separation !== null && separation < unlike ? (['unlikePretraining'] as const) : []),
  ]
  const wanted = bestPreset(facts)
  const isSlow = (preset: Preset) => preset !== 'quick' && (seconds[preset] ?? 0) > maxSeconds
  const recommended = presets
    .slice(0, presets.indexOf(wanted) + 1)
    .reduce<Preset>((best, preset) => (isSlow(preset) ? best : preset), 'quick')
  const reasonsOf = (preset: Preset): Reason[] => [
    ...(preset === recommended ? facts.filter((fact) => speaksFor[fact]?.includes(preset)) : []),
    ...(isUnbalanced({ perClass }) ? (['unbalanced'] as const) : []),
    ...(isSlow(preset) || (preset === recommended && preset !== wanted)
      ? (['slowHere'] as const)
      : []),
  ]
  return {
    recommended,
    reasons: Object.fromEntries(presets.map((name) => [name, reasonsOf(name)])) as never,
  }
}

/** Without regard to time. Tuning is worth its minutes where the features as they are leave much to win,
 *  and where there are photos to learn from. */
function bestPreset(facts: readonly Reason[]): Preset {
  if (facts.includes('likePretraining')) return 'quick'
  if (facts.includes('unlikePretraining') || facts.includes('manyPhotos'))
    return facts.includes('fewPhotos') ? 'balanced' : 'thorough'
  return 'quick'
}

const speaksFor: Partial<Record<Reason, readonly Preset[]>> = {
  fewPhotos: ['quick', 'balanced'],
  manyPhotos: ['thorough'],
  likePretraining: ['quick'],
  unlikePretraining: ['balanced', 'thorough'],
}
