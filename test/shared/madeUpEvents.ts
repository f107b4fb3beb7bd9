// Events of a made-up run, before they are numbered.
import { RunConfig } from '../../shared/runConfig'
import type { RunNews } from '../../shared/runEvents'
import { planOf } from './plan'

export const started = (from: number): RunNews => ({
  type: 'started',
  config: RunConfig.parse({}),
  plan: planOf({}),
  classes: ['a', 'b'],
  from,
})
export const step = (epoch: number, number = epoch * 4): RunNews => ({
  type: 'step',
  step: number,
  epoch,
  loss: 1 / (epoch + 1),
  accuracy: 0.5,
  learningRate: 0.1,
  imagesPerSecond: 10,
})
export const epoch = (number: number, best: boolean): RunNews => ({
  type: 'epoch',
  epoch: number,
  trainLoss: 1,
  trainAccuracy: 0.5,
  valLoss: 1,
  valAccuracy: 0.5,
  seconds: 1,
  best,
})
