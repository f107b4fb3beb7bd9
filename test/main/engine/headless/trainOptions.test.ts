// The options of `restage train` become the same RunConfig as the app's; nonsense is bad input.
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import {
  runConfigOf,
  trainOptions,
  type TrainOptions,
} from '../../../../main/engine/headless/trainOptions'
import { Augmentation, augmentations, RunConfig } from '../../../../shared/runConfig'

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
    augment: augmentations.basic,
    optimizer: 'adamw',
    seed: 7,
    valFraction: 0.3,
  })
})

it('every knob of training lands in its field', () => {
  expect(
    parse(
      ...['--momentum', '0.8', '--weight-decay', '0.01', '--decay-all', '--clip-norm', '2'],
      ...['--schedule', 'oneCycle', '--warmup-fraction', '0.1', '--averaging', '0.99'],
      ...['--multipliers', 'layer3=0.05, layer4=0.2', '--label-smoothing', '0.1'],
      ...['--balance', 'sampling', '--mix', 'cutmix', '--mix-alpha', '0.5', '--patience', '4'],
      ...['--test-time-flips', '--progressive-resizing', '--checkpoint-minutes', '2'],
      ...['--augment', 'flip=both, rotate=20,erase=0.1'],
    ),
  ).toMatchObject({
    momentum: 0.8,
    weightDecay: 0.01,
    decayAll: true,
    clipNorm: 2,
    schedule: 'oneCycle',
    warmupFraction: 0.1,
    averaging: 0.99,
    multipliers: { layer3: 0.05, layer4: 0.2 },
    labelSmoothing: 0.1,
    balance: 'sampling',
    mix: 'cutmix',
    mixAlpha: 0.5,
    patience: 4,
    testTimeFlips: true,
    progressiveResizing: true,
    checkpointMinutes: 2,
    augment: Augmentation.parse({ flip: 'both', rotate: 20, erase: 0.1 }),
  })
  expect(parse('--augment', 'strong').augment).toEqual(augmentations.strong)
})

it('every field but legs has an option', () => {
  const options = trainOptions(new Command()).options.map(({ long }) => long)
  const names: Record<string, string> = { learningRate: 'lr', frozen: 'freeze' }
  for (const field of Object.keys(RunConfig.shape)) {
    const name = names[field] ?? field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    expect(options.includes(`--${name}`), field).toBe(field !== 'legs')
  }
})

it('none means no weights, and nothing frozen', () => {
  expect(parse('--weights', 'none', '--freeze', 'none')).toMatchObject({
    weights: null,
    frozen: [],
  })
})

it('a preset leaves weights, size and split to be asked for, and decides the rest', () => {
  const asked = ['--weights', 'a.pth', '--size', '96', '--val-fraction', '0.3', '--seed', '2']
  expect(parse('--preset', 'balanced', ...asked)).toMatchObject({ preset: 'balanced', size: 96 })
  for (const beside of [['--epochs', '3'], ['--decay-all'], ['--freeze', 'stem']])
    expect(() => parse('--preset', 'quick', ...beside)).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    )
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
    ['--augment', 'rotate=much'],
    ['--augment', 'rotate=500'],
    ['--optimizer', 'lion'],
    ['--schedule', 'oneday'],
    ['--mix', 'mash'],
    ['--mix-alpha', '0'],
    ['--balance', 'yes'],
    ['--clip-norm', '-1'],
    ['--averaging', '1'],
    ['--label-smoothing', '0.9'],
    ['--multipliers', 'layer9=1'],
    ['--multipliers', 'layer4'],
    ['--val-fraction', '1'],
    ['--size', '8'],
    ['--seed', '-3'],
    ['--frozen-batch-norm', 'maybe'],
  ])('%s %s', (option, value) => {
    expect(() => parse(option, value)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })
})
