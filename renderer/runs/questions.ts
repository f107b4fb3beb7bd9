// Questions that a queue answers, each as configurations that differ in one thing alone. Labels are
// the caller's words. Pure.
import type { Architecture, Stage, WeightsChoice } from '../../shared/network'
import type { RunConfig } from '../../shared/runConfig'
import { freezeUpTo } from './freezing'

export const questions = ['depth', 'freezing', 'seeds'] as const
export type Question = (typeof questions)[number]

export interface Asked<T> {
  readonly about: T
  readonly config: RunConfig
}

/** One for each architecture whose weights are on this computer, the shallowest first. */
export function byDepth(
  config: RunConfig,
  weights: readonly WeightsChoice[],
): Asked<WeightsChoice>[] {
  const here = weights.filter(({ state }) => state === 'here')
  const one = new Map<Architecture, WeightsChoice>()
  for (const choice of here) {
    const known = one.get(choice.architecture)
    // What is chosen comes before others of its kind, a whole network before a part of one.
    const better = choice.id === config.weights || (known?.cut !== null && choice.cut === null)
    if (!known || (better && known.id !== config.weights)) one.set(choice.architecture, choice)
  }
  return [...one.values()]
    .sort((a, b) => depthOf(a.architecture) - depthOf(b.architecture))
    .map((about) => ({
      about,
      config: { ...config, weights: about.id, architecture: null, cut: null },
    }))
}

const depthOf = (architecture: Architecture) => Number(/\d+/.exec(architecture)?.[0])

/** The head alone, with the last stage, and everything. */
export function byFreezing(
  config: RunConfig,
  present: readonly Stage[],
): Asked<'head' | 'last' | 'all'>[] {
  const epochs = config.legs?.reduce((sum, leg) => sum + leg.epochs, 0) ?? config.epochs
  const frozen = { head: present.length - 1, last: present.length - 2, all: 0 }
  return (['head', 'last', 'all'] as const).map((about) => ({
    about,
    config: {
      ...config,
      preset: null,
      legs: null,
      epochs,
      learningRate: null,
      multipliers: {},
      frozen: freezeUpTo(frozen[about], present),
    },
  }))
}

/** The same three times, with the seeds from the present one on. */
export const bySeeds = (config: RunConfig): Asked<number>[] =>
  [0, 1, 2].map((more) => ({
    about: config.seed + more,
    config: { ...config, seed: config.seed + more },
  }))
