// A plan for tests that need one but do not look into it.
import { RunPlan } from '../../shared/runPlan'

export const planOf = (what: Partial<RunPlan>): RunPlan =>
  RunPlan.parse({
    architecture: 'resnet18',
    cut: null,
    size: 64,
    precision: 'float32',
    trains: ['head'],
    frozen: [],
    cachedAfter: null,
    trainPhotos: 64,
    valPhotos: 16,
    trainableParameters: 1,
    parameters: 2,
    secondsTotal: null,
    secondsPerEpoch: null,
    memoryBytes: 1,
    ...what,
  })
