// The options of `restage train`, turned into a RunConfig by the same schema as the app's.
import type { Command } from 'commander'
import { RunConfig } from '../../../shared/run'
import { Failure } from '../../../shared/failure'

/** What `restage presets` takes: a preset decides the rest. */
export interface PresetOptions {
  readonly weights?: string
  readonly size?: string
  readonly precision?: string
  readonly seed?: string
  readonly val?: string
  readonly valFraction?: string
}
export interface TrainOptions extends PresetOptions {
  readonly out: string
  readonly preset?: string
  readonly architecture?: string
  readonly cut?: string
  readonly freeze?: string
  readonly frozenBatchNorm?: string
  readonly batchNorm?: string
  readonly epochs?: string
  readonly batch?: string
  readonly lr?: string
  readonly augment?: string
  readonly optimizer?: string
  readonly resume?: boolean
}

export const presetOptions = (command: Command) =>
  command
    .option('--weights <name>', 'a file, a catalogue name, or none')
    .option('--size <pixels>')
    .option('--precision <name>', 'auto, float32 or bfloat16')
    .option('--seed <number>')
    .option('--val <folder>', 'validation photos')
    .option('--val-fraction <part>')

export const trainOptions = (command: Command) =>
  presetOptions(command)
    .requiredOption('--out <run>', 'folder of the run')
    .option(
      '--preset <name>',
      'quick, balanced or thorough; decides all but weights, size and split',
    )
    .option('--architecture <name>', 'resnet18 to resnet152, v2, CIFAR')
    .option('--cut <stage>', 'last stage to keep')
    .option('--freeze <stages>', 'stem,layer1,... or none')
    .option('--frozen-batch-norm <mode>', 'moving or batch')
    .option('--batch-norm <modes>', 'single stages, such as layer1=batch,layer4=moving')
    .option('--epochs <number>')
    .option('--batch <number>')
    .option('--lr <number>')
    .option('--augment <name>', 'none or basic')
    .option('--optimizer <name>', 'sgd or adamw')
    .option('--resume', 'go on from the checkpoint')

/** What a preset decides, and so cannot be asked for beside one. */
const decided = ['freeze', 'epochs', 'batch', 'lr', 'augment', 'optimizer', 'batchNorm'] as const

/** @throws Failure bad-input */
export function runConfigOf(options: Partial<TrainOptions>): RunConfig {
  const beside = decided.find((name) => options[name] !== undefined)
  if (options.preset !== undefined && beside)
    throw new Failure('bad-input', { reason: `--preset decides --${optionOf(beside)} itself` })
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))
  const parsed = RunConfig.safeParse({
    preset: options.preset,
    weights: options.weights === 'none' ? null : options.weights,
    architecture: options.architecture,
    cut: options.cut,
    frozen:
      options.freeze === undefined
        ? undefined
        : options.freeze
            .split(',')
            .map((stage) => stage.trim())
            .filter((stage) => stage && stage !== 'none'),
    frozenBatchNorm: options.frozenBatchNorm,
    batchNorm:
      options.batchNorm &&
      Object.fromEntries(
        options.batchNorm.split(',').map((pair) => pair.split('=').map((word) => word.trim())),
      ),
    epochs: number(options.epochs),
    batch: number(options.batch),
    learningRate: number(options.lr),
    size: number(options.size),
    precision: options.precision,
    augment: options.augment,
    optimizer: options.optimizer,
    seed: number(options.seed),
    valFraction: number(options.valFraction),
  })
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
