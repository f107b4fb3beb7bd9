// The options of `restage train` become the same RunConfig as the app's; nonsense is bad input.
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import {
  runConfigOf,
  trainOptions,
  type TrainOptions,
} from '../../../../main/engine/headless/trainOptions'
import { RunConfig } from '../../../../shared/run'

function parse(...words: string[]) {
  const command = trainOptions(new Command().exitOverride()).parse(['--out', 'run', ...words], {
    from: 'user',
  })
  return runConfigOf(command.opts<TrainOptions>())
}

it('nothing asked is what the app starts with', () => {
  expect(parse()).toEqual(RunConfig.parse({}))
})

it('each option lands in its field', () => {
  expect(
    parse(
      '--weights',
      'a.pth',
      '--architecture',
      'resnet50',
      '--cut',
      'layer3',
      '--freeze',
      'stem, layer1',
      '--frozen-batch-norm',
      'batch',
      '--epochs',
      '4',
      '--batch',
      '16',
      '--lr',
      '0.01',
      '--size',
      '96',
      '--precision',
      'float32',
      '--augment',
      'basic',
      '--optimizer',
      'adamw',
      '--seed',
      '7',
      '--val-fraction',
      '0.3',
    ),
  ).toMatchObject({
    weights: 'a.pth',
    architecture: 'resnet50',
    cut: 'layer3',
    frozen: ['stem', 'layer1'],
    frozenBatchNorm: 'batch',
    epochs: 4,
    batch: 16,
    learningRate: 0.01,
    size: 96,
    precision: 'float32',
    augment: 'basic',
    optimizer: 'adamw',
    seed: 7,
    valFraction: 0.3,
  })
})

it('none means no weights, and nothing frozen', () => {
  expect(parse('--weights', 'none', '--freeze', 'none')).toMatchObject({
    weights: null,
    frozen: [],
  })
})

describe('is bad input', () => {
  it.each([
    ['--epochs', 'many'],
    ['--epochs', '0'],
    ['--epochs', '1.5'],
    ['--batch', '-1'],
    ['--lr', '0'],
    ['--lr', 'x'],
    ['--architecture', 'vgg16'],
    ['--cut', 'stem'],
    ['--freeze', 'layer9'],
    ['--precision', 'float16'],
    ['--augment', 'lots'],
    ['--optimizer', 'lion'],
    ['--val-fraction', '1'],
    ['--size', '8'],
    ['--seed', '-3'],
    ['--frozen-batch-norm', 'maybe'],
  ])('%s %s', (option, value) => {
    expect(() => parse(option, value)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })
})
