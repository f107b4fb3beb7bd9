// A machine on which everything costs the same every time, for plans that tests compare.
import type { Costs } from '../../../../main/engine/plan/predict'

export const steadyCosts: Costs = {
  speed: {
    forward: { perMultiplyAdd: 1e-10, perValue: 1e-9, perLayer: 1e-3 },
    training: { perMultiplyAdd: 3e-10, perValue: 3e-9, perLayer: 2e-3 },
    ...{ perStep: 1e-3, perSavedByte: 1e-9, perWrittenByte: 1e-9, perReadByte: 1e-10 },
    decodesBeside: false,
  },
  perPhoto: 0.01,
  correction: () => 1,
  correct: () => Promise.resolve(),
  cached: () => 0,
}
