// Compares the engine with PyTorch's numbers: weights and inputs come from a generator that both
// sides implement (golden/README.md), so that no weights need to be stored.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Architecture, Stage } from '../../../shared/network'
import { stages } from '../../../shared/network'
import type { Precision } from '../../../shared/device'
import { openInference } from '../tensorflow/inference'
import { openTrainer } from '../tensorflow/trainer'
import { buildNetwork } from '../network/family'
import { networkParameters } from '../network/layers'
import { elementCount, type Tensors } from '../network/tensor'
import { goldenInput, goldenTensors } from '../network/generated'

export interface GoldenCase {
  readonly name: string
  /** Relative to the norm of the expected tensor. */
  readonly error: number
  readonly tolerance: number
  readonly pass: boolean
}
interface ForwardCase {
  readonly parameters: number
  readonly logits_first10: readonly (readonly number[])[]
  readonly logits_l2: readonly number[]
  readonly argmax: readonly number[]
}
interface TrainCase {
  readonly lr: number
  readonly frozen: readonly Stage[]
  readonly frozen_batch_norm: 'moving' | 'batch'
  readonly losses: readonly number[]
  readonly eval_logits_after: readonly (readonly number[])[]
  readonly tensors_after: Readonly<
    Record<
      string,
      { readonly l2: number; readonly first4: readonly number[]; readonly change_l2: number }
    >
  >
}
/** float32: golden/README.md. bfloat16 (8 bits of fraction): twice the largest distance measured on
 *  the 15 cases of salt 0, 9.3e-4 forward and 0.43 after three steps (ResNet-50 at 64 pixels, whose
 *  last batch norms see 32 values; the median of the ten is 0.03). */
const tolerances: Readonly<Record<Precision, { forward: number; train: number }>> = {
  float32: { forward: 1e-4, train: 1e-3 },
  bfloat16: { forward: 2e-3, train: 0.9 },
}
/** Losses have a ten times tighter tolerance than tensors; scaling gives one number per case. */
const lossScale = 10

export async function* goldenCases(
  folder: string,
  {
    salt,
    precision = 'float32',
    only = '',
  }: { salt: number; precision?: Precision; only?: string },
): AsyncGenerator<GoldenCase> {
  const forward = readJson<Record<string, ForwardCase>>(join(folder, 'forward.json'))
  for (const [name, expected] of Object.entries(forward).filter(([name]) =>
    `forward/${name}`.startsWith(only),
  ))
    yield await forwardCase(name as Architecture, expected, { salt, precision })
  const train = readJson<{ labels: number[]; cases: Record<string, TrainCase> }>(
    join(folder, 'train.json'),
  )
  for (const [name, expected] of Object.entries(train.cases).filter(([name]) =>
    `train/${name}`.startsWith(only),
  ))
    yield await trainCase(name, expected, { labels: train.labels, salt, precision })
}

const readJson = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T

async function forwardCase(
  architecture: Architecture,
  expected: ForwardCase,
  { salt, precision }: { salt: number; precision: Precision },
): Promise<GoldenCase> {
  const network = buildNetwork({ architecture, size: 224, classes: 1000 })
  const parameters = networkParameters(network).reduce(
    (sum, { shape, statistic }) => sum + (statistic ? 0 : elementCount(shape)),
    0,
  )
  const inference = await openInference({
    network,
    tensors: goldenTensors(network, salt),
    precision,
    input: 'values',
  })
  const logits = inference.run({ values: goldenInput('input', { count: 2, size: 224, salt }) }, 2)
  inference.dispose()
  const errors = expected.logits_first10.map((row, n) => {
    const own = logits.subarray(n * 1000, (n + 1) * 1000)
    const right = own.indexOf(Math.max(...own)) === expected.argmax[n] || precision === 'bfloat16'
    const difference = Math.max(
      norm(row.map((value, i) => value - own[i]!)),
      Math.abs(norm(own) - expected.logits_l2[n]!),
    )
    return right ? difference / expected.logits_l2[n]! : Infinity
  })
  return verdict(
    `forward/${architecture}`,
    parameters === expected.parameters ? Math.max(...errors) : Infinity,
    tolerances[precision].forward,
  )
}

async function trainCase(
  name: string,
  expected: TrainCase,
  { labels, salt, precision }: { labels: readonly number[]; salt: number; precision: Precision },
): Promise<GoldenCase> {
  const architecture = name.split('/')[0] as Architecture
  const network = buildNetwork({ architecture, size: 64, classes: 3 })
  const before = goldenTensors(network, salt)
  const trains = stages.filter((stage) => !expected.frozen.includes(stage))
  const trainer = await openTrainer({
    network,
    tensors: before,
    precision,
    input: 'values',
    canvas: null,
    trains,
    batchStatistics: expected.frozen_batch_norm === 'batch' ? stages : trains,
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4, decayAll: true },
    multiplier: () => 1,
  })
  const input = { values: goldenInput('train-input', { count: 8, size: 64, salt }) }
  const losses = expected.losses.map(
    (_, i) =>
      trainer.step({ input, labels: Int32Array.from(labels) }, { rate: expected.lr, step: i + 1 })
        .loss,
  )
  const logits = trainer.evaluate(input, 8)
  const after = trainer.read()
  trainer.dispose()
  const lossError = Math.max(
    ...losses.map((loss, i) => Math.abs(loss - expected.losses[i]!) / expected.losses[i]!),
  )
  const wanted = expected.eval_logits_after.flat()
  const logitError = norm(wanted.map((value, i) => value - logits[i]!)) / norm(wanted)
  const errors = [lossError * lossScale, logitError, ...tensorErrors(expected, before, after)]
  return verdict(`train/${name}`, Math.max(...errors), tolerances[precision].train)
}

function tensorErrors(expected: TrainCase, before: Tensors, after: Tensors): number[] {
  return Object.entries(expected.tensors_after).map(([name, { l2, first4, change_l2 }]) => {
    const old = before.get(name)!.data
    const now = after.get(name)?.data ?? old
    const change = norm(Array.from(now, (value, i) => value - old[i]!))
    if (change_l2 === 0) return change === 0 ? 0 : Infinity
    return (
      Math.max(
        Math.abs(norm(now) - l2),
        ...first4.map((value, i) => Math.abs(value - now[i]!)),
        Math.abs(change - change_l2),
      ) / l2
    )
  })
}

const verdict = (name: string, error: number, tolerance: number): GoldenCase => ({
  name,
  error,
  tolerance,
  pass: error <= tolerance,
})
const norm = (values: ArrayLike<number>) => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2
  return Math.sqrt(sum)
}
