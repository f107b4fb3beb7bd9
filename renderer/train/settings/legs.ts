// A run as a list of legs, whichever way the configuration says it: one leg is its plain fields,
// several are `legs`. The head always trains. Pure.
import type { Stage } from '../../../shared/network'
import type { Leg, RunConfig } from '../../../shared/runConfig'
import { frozenStages, multiplierOf } from '../../runs/freezing'

export const mostLegs = 8

type Plain = Pick<RunConfig, 'frozen' | 'epochs' | 'learningRate' | 'multipliers'>

export const legsOf = (config: RunConfig, present: readonly Stage[]): Leg[] =>
  config.legs?.map((leg) => ({ ...leg })) ?? [
    {
      frozen: frozenStages(config.frozen, present),
      epochs: config.epochs,
      learningRate: config.learningRate,
      multipliers: config.multipliers,
    },
  ]

/** What of the configuration these legs set. */
export function asFields(legs: readonly Leg[]): Partial<Plain> & Pick<RunConfig, 'legs'> {
  const only = legs.length === 1 ? legs[0] : undefined
  if (!only) return { legs: [...legs] }
  const { frozen, epochs, learningRate, multipliers } = only
  return { legs: null, frozen, epochs, learningRate, multipliers }
}

/** The leg that would come next: the lowest stage that trains gets company from the one below it. */
export function nextLeg(legs: readonly Leg[], present: readonly Stage[]): Leg {
  const last = legs.at(-1)
  const frozen = present.filter((stage) => last?.frozen.includes(stage))
  return {
    frozen: frozen.slice(0, -1),
    epochs: last?.epochs ?? 5,
    learningRate: null,
    multipliers: last?.multipliers ?? {},
  }
}

export const trainsIn = (leg: Leg, present: readonly Stage[]): Stage[] =>
  present.filter((stage) => stage === 'head' || !leg.frozen.includes(stage))

/** The configuration of one leg alone, as the search for a learning rate wants it. */
export const configOfLeg = (config: RunConfig, leg: Leg): RunConfig => ({
  ...config,
  ...asFields([leg]),
})

export const rateOf = (stage: Stage, leg: Leg, weights: RunConfig['weights']): number =>
  multiplierOf(stage, { ...leg, weights })
