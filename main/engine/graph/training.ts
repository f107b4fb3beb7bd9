// The part of a network that trains as a graph: one call is one step (forward, backward, update).
// A frozen stage gets no update op at all, so its values cannot change, and its batch norms with
// kept statistics are folded into their convolutions. Running statistics move as
// running = 0.9 running + 0.1 batch (PyTorch's rule) only where a norm uses the batch's.
import type { Stage } from '../../../shared/network'
import { foldBatchNorms } from '../network/fold'
import type { Tensor, Tensors } from '../network/initialise'
import {
  networkParameters,
  parametersOf,
  type LayerOf,
  type Network,
  type Parameter,
} from '../network/layers'
import { openSession } from '../tensorflow/session'
import { emitNetwork, type Parameters, type Precision } from './emit'
import { Graph, type Value } from './graph'
import { feedOf, networkInput, type Input } from './inference'
import { countCorrect, crossEntropy, multiply } from './ops'
import { applyUpdate, type Optimizer } from './optimizer'
import { cropPixels, normalisePixels, unpackPixels } from './pixels'
import { Tape } from './tape'
import { Variables } from './variables'

export interface TrainingOptions {
  readonly network: Network
  readonly tensors: Tensors
  readonly precision: Precision
  readonly input: 'pixels' | 'values'
  /** Side of the pictures that crops are taken from; null: no crops, pictures come at their size. */
  readonly canvas: number | null
  readonly trains: readonly Stage[]
  /** Stages whose batch norms use (and keep estimating) the batch's statistics. */
  readonly batchStatistics: readonly Stage[]
  readonly optimizer: Optimizer
  readonly multiplier: (stage: Stage) => number
}
export interface Batch {
  readonly input: Input
  readonly labels: Int32Array
  /** [top, left, bottom, right] of each picture's crop, with a canvas. */
  readonly boxes?: Float32Array
}
export interface StepResult {
  /** Mean over the batch. */
  readonly loss: number
  readonly correct: number
}
export interface Trainer {
  /** @throws Failure out-of-memory; nothing was updated then */
  step(batch: Batch, options: { readonly rate: number; readonly step: number }): StepResult
  /** Logits [count, classes] with kept statistics; pictures at the network's size. */
  evaluate(input: Input, count: number): Float32Array
  /** Every tensor that a step writes, optimiser state (`momentum/...`) included. */
  read(): Map<string, Tensor>
  /** Writes what read() answers; what is missing becomes zero. */
  assign(tensors: Tensors): void
  dispose(): void
}

export async function openTrainer(given: TrainingOptions): Promise<Trainer> {
  const { trains, batchStatistics, input, canvas, optimizer, multiplier } = given
  const changes = (stage: Stage) => trains.includes(stage) || batchStatistics.includes(stage)
  const folded = foldBatchNorms(given.network, given.tensors, ({ stage }) => !changes(stage))
  const options = { ...given, ...folded }
  const { network } = folded
  const graph = new Graph()
  const tape = new Tape(graph)
  const variables = new Variables(graph)
  const [rate, step] = ['rate', 'step'].map((name) => graph.placeholder(name, 'float32', []))
  const labels = graph.placeholder('labels', 'int32', [-1])
  const boxes = canvas ? graph.placeholder('boxes', 'float32', [-1, 4]) : null
  const prepare = (placeholder: Value, side: number, crop: Value | null) => {
    if (input === 'values') return placeholder
    const pixels = unpackPixels(tape, placeholder, side)
    const whole = crop ? cropPixels(tape, pixels, { boxes: crop, size: network.size }) : pixels
    return normalisePixels(tape, whole, network.colours)
  }
  const side = canvas ?? network.size
  const source = networkInput(graph, network, { name: 'input', input, side })
  const forward = emitTraining(tape, options, { variables, x: prepare(source, side, boxes) })
  const loss = crossEntropy(tape, forward.logits, labels)
  const correct = countCorrect(tape, forward.logits, labels)
  const gradientOf = tape.backward(loss, graph.scalar(1))
  const updates = forward.trainable.flatMap((parameter) => {
    const value = variables.read(parameter.name, parameter.shape)
    const gradient = gradientOf(value)
    const own = multiply(tape, rate!, graph.scalar(multiplier(parameter.stage)))
    const update = { tape, variables, parameter, value, rate: own, step: step!, optimizer }
    return gradient ? [applyUpdate({ ...update, gradient })] : []
  })
  const judged = networkInput(graph, network, { name: 'evaluate', input })
  const { logits } = emitTraining(
    tape,
    { ...options, batchStatistics: [], trains: [] },
    { variables, x: prepare(judged, network.size, null) },
  )
  const done = [...updates, ...forward.observations]
  const session = await openSession(graph, {
    step: {
      inputs: { input: source, labels, rate: rate!, step: step!, ...(boxes ? { boxes } : {}) },
      outputs: {
        loss: graph.after(done, loss, 'loss'),
        correct: graph.after(done, correct, 'correct'),
      },
    },
    evaluate: { inputs: { input: judged }, outputs: { logits } },
    ...variables.signatures(),
  })
  variables.assign(session, folded.tensors)
  return {
    step(batch, at) {
      const count = batch.labels.length
      const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] })
      const result = session.run('step', {
        input: feedOf(batch.input, count, { ...network, size: side }),
        labels: { data: batch.labels, shape: [count] },
        rate: scalar(at.rate),
        step: scalar(at.step),
        ...(batch.boxes ? { boxes: { data: batch.boxes, shape: [count, 4] } } : {}),
      })
      return { loss: result.loss![0]!, correct: result.correct![0]! }
    },
    evaluate: (pictures, count) =>
      session.run('evaluate', { input: feedOf(pictures, count, network) }).logits as Float32Array,
    read: () => variables.readChanging(session),
    assign: (tensors) => variables.assign(session, new Map([...folded.tensors, ...tensors])),
    dispose: () => session.dispose(),
  }
}

/** The forward pass; `observations` are the ops that keep running statistics. */
function emitTraining(
  tape: Tape,
  { network, precision, trains, batchStatistics }: TrainingOptions,
  { variables, x }: { variables: Variables; x: Value },
) {
  const all = new Map(networkParameters(network).map((parameter) => [parameter.name, parameter]))
  const trainable: Parameter[] = [...all.values()].filter(
    ({ statistic, stage }) => !statistic && trains.includes(stage),
  )
  for (const { name, shape } of trainable) tape.watch(variables.read(name, shape))
  const observations: string[] = []
  const parameters: Parameters = {
    get: (name) => variables.read(name, all.get(name)!.shape),
    batchStatistics: (norm) => batchStatistics.includes(norm.stage),
    observe: (norm, mean, variance) =>
      observations.push(...keepRunning(tape, norm, { variables, mean, variance })),
    precision,
  }
  const logits = emitNetwork(tape, network, { input: x, parameters })
  return { logits, trainable, observations }
}

/** running = 0.9 running + 0.1 batch, for mean and variance. */
function keepRunning(
  tape: Tape,
  norm: LayerOf<'batchNorm'>,
  { variables, mean, variance }: { variables: Variables; mean: Value; variance: Value },
) {
  const weighted = (value: Value, weight: number) =>
    multiply(tape, value, tape.graph.scalar(weight))
  return parametersOf(norm)
    .filter((parameter) => parameter.statistic)
    .map(({ name, shape }) => {
      const kept = weighted(variables.read(name, shape), 0.9)
      const batch = weighted(name.endsWith('running_mean') ? mean : variance, 0.1)
      const inputs = [variables.handle(name, shape), tape.op('AddV2', [kept, batch], kept).ref]
      return tape.graph.node('AssignVariableOp', inputs, { dtype: { type: 'float32' } })
    })
}
