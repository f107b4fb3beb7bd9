// The options of `restage train`: a table of fields of RunConfig, read from words and checked by the
// same schema as the app's. What a field is called on the command line is derived from its name.
import type { Command } from 'commander'
import { RunConfig } from '../../../shared/runConfig'
import { Failure } from '../../../shared/failure'

/** As commander gives them: by camel-cased option, words as they were typed. */
export type TrainOptions = PresetOptions & { readonly out: string; readonly resume?: boolean }
export type PresetOptions = Readonly<Record<string, unknown>> & {
  readonly val?: string
  readonly preset?: string
}

interface Field {
  /** As commander shows it; empty: a switch. */
  readonly value: string
  readonly about?: string
  readonly read: (text: string) => unknown
}
const word = (value: string, about?: string): Field => ({
  value,
  ...(about && { about }),
  read: (text) => text,
})
const number = (value = '<number>', about?: string): Field => ({
  ...word(value, about),
  read: Number,
})
const flag = (about: string): Field => ({ value: '', about, read: () => true })
const pairs = (about: string, read: (text: string) => unknown = (text) => text): Field => ({
  value: '<pairs>',
  about,
  read: (text) =>
    Object.fromEntries(
      text.split(',').map((pair) => {
        const [name = '', value = ''] = pair.split('=').map((side) => side.trim())
        return [name, read(value)]
      }),
    ),
})
const wordOrNumber = (text: string) => (text !== '' && !Number.isNaN(+text) ? +text : text)
const stageList = (text: string) =>
  text
    .split(',')
    .map((stage) => stage.trim())
    .filter((stage) => stage && stage !== 'none')
const variations = pairs('', wordOrNumber)

const fields: Partial<Record<keyof RunConfig, Field>> = {
  preset: word('<name>', 'quick, balanced or thorough; decides all but weights, size and split'),
  weights: {
    ...word('<name>', 'a file, a catalogue name, or none'),
    read: (text) => (text === 'none' ? null : text),
  },
  architecture: word('<name>', 'resnet18 to resnet152, v2, CIFAR'),
  cut: word('<stage>', 'last stage to keep'),
  frozen: { ...word('<stages>', 'stem,layer1,... or none'), read: stageList },
  frozenBatchNorm: word('<mode>', 'moving or batch'),
  batchNorm: pairs('single stages, such as layer1=batch,layer4=moving'),
  solver: word('<how>', 'gradient or exact: how a head is found whose other stages are all frozen'),
  epochs: number(),
  passes: number('<times>', 'that an epoch shows each photo'),
  batch: number(),
  optimizer: word('<name>', 'sgd or adamw'),
  learningRate: number(),
  schedule: word('<name>', 'cosine, oneCycle or constant'),
  warmupFraction: number('<part>', 'of the steps, while the rate rises'),
  multipliers: pairs('of the learning rate, such as layer3=0.05,layer4=0.2', wordOrNumber),
  momentum: number(),
  weightDecay: number(),
  decayAll: flag('biases and batch norms decay too'),
  clipNorm: number('<norm>', 'largest norm of the gradient'),
  averaging: number('<share>', 'of the old in averaged weights, such as 0.99'),
  labelSmoothing: number('<share>'),
  balance: word('<how>', 'none, weights or sampling: what is done for small classes'),
  mix: word('<how>', 'none, mixup or cutmix'),
  mixAlpha: number('<alpha>', 'how much is mixed'),
  augment: {
    ...word('<how>', 'none, basic, strong, or such as flip=horizontal,crop=0.3,rotate=15'),
    read: (text) => (text.includes('=') ? variations.read(text) : text),
  },
  patience: number('<epochs>', 'without a better one, after which training ends'),
  testTimeFlips: flag('judged and used on a photo and its mirror image'),
  progressiveResizing: flag('smaller pictures first'),
  checkpointMinutes: number('<minutes>', 'between checkpoints within an epoch'),
  size: number('<pixels>'),
  precision: word('<name>', 'auto, float32 or bfloat16'),
  seed: number(),
  valFraction: number('<part>'),
}

/** What a preset leaves to be asked for. */
const besidePreset = ['weights', 'size', 'precision', 'seed', 'valFraction'] as const

/** What can be asked for beside a preset; it decides the rest. */
const free = new Set<string>([
  ...besidePreset,
  'preset',
  'architecture',
  'cut',
  'checkpointMinutes',
])

function withFields(command: Command, names: readonly (keyof RunConfig)[]) {
  for (const name of names) {
    const { value, about } = fields[name]!
    command.option(`--${optionOf(name)} ${value}`.trim(), about)
  }
  return command.option('--val <folder>', 'validation photos')
}

export const presetOptions = (command: Command) => withFields(command, besidePreset)

export const trainOptions = (command: Command) =>
  withFields(
    command.requiredOption('--out <run>', 'folder of the run'),
    Object.keys(fields) as (keyof RunConfig)[],
  ).option('--resume', 'go on from the checkpoint')

/** @throws Failure bad-input */
export function runConfigOf(options: PresetOptions): RunConfig {
  const asked = Object.entries(fields).flatMap(([name, { read }]) => {
    const given = options[camelCased(optionOf(name))]
    return given === undefined ? [] : [[name, read(String(given))] as const]
  })
  const beside = asked.find(([name]) => !free.has(name))
  if (options.preset !== undefined && beside)
    throw new Failure('bad-input', { reason: `--preset decides --${optionOf(beside[0])} itself` })
  const parsed = RunConfig.safeParse(Object.fromEntries(asked))
  if (parsed.success) return parsed.data
  throw new Failure('bad-input', {
    reason: parsed.error.issues
      .map(({ path, message }) => `--${optionOf(String(path[0]))}: ${message}`)
      .join('; '),
  })
}

/** What a field of RunConfig is called on the command line. */
function optionOf(field: string) {
  if (field === 'learningRate') return 'lr'
  if (field === 'frozen') return 'freeze'
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

const camelCased = (option: string) =>
  option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
