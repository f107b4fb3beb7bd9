// The part of a network that trains as a graph: one call is one step (forward, backward, update).
// A frozen stage gets no update op at all, so its values cannot change; running statistics move as
// running = 0.9 running + 0.1 batch (PyTorch's rule) only where a norm uses the batch's.
import type { Stage } from '../../../shared/network'
import type { Tensor, Tensors } from '../network/initialise'
import {
  networkParameters,
  parametersOf,
  type LayerOf,
  type Network,
  type Parameter,
} from '../network/layers'
import { emitNetwork, type Parameters } from './emit'
import { Graph, type Value } from './graph'
import { packPixels, type Input, type Precision } from './inference'
import { cast, countCorrect, crossEntropy, flatten, multiply } from './ops'
import { applyUpdate, type Optimizer } from './optimizer'
import { cropPixels, normalisePixels, packedLength, pixelPlaceholder, unpackPixels } from './pixels'
import { openSession, type Feeds } from './session'
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
  step(batch: Batch, options: { readonly rate: number; readonly step: number }): StepResult
  /** Logits [count, classes] with kept statistics; pictures at the network's size. */
  evaluate(input: Input, count: number): Float32Array
  /** Every tensor, optimiser state (`momentum/...`) included. */
  read(): Map<string, Tensor>
  assign(tensors: Tensors): void
  dispose(): void
}

export async function openTrainer(options: TrainingOptions): Promise<Trainer> {
  const { network, input, canvas } = options
  const graph = new Graph()
  const tape = new Tape(graph)
  const variables = new Variables(graph)
  const labels = graph.placeholder('labels', 'int32', [-1])
  const rate = graph.placeholder('rate', 'float32', [])
  const step = graph.placeholder('step', 'float32', [])
  const boxes = canvas ? graph.placeholder('boxes', 'float32', [-1, 4]) : null
  const source = (name: string, side: number) =>
    input === 'pixels'
      ? pixelPlaceholder(graph, name, side)
      : graph.placeholder(name, 'float32', [-1, ...network.inputShape])
  const prepare = (placeholder: Value, side: number, crop: Value | null) => {
    if (input === 'values') return placeholder
    const pixels = unpackPixels(tape, placeholder, side)
    return normalisePixels(
      tape,
      crop ? cropPixels(tape, pixels, { boxes: crop, size: network.size }) : pixels,
      network.colours,
    )
  }
  const trainSide = canvas ?? network.size
  const trainInput = source('input', trainSide)
  const forward = emitTraining(tape, options, {
    variables,
    x: prepare(trainInput, trainSide, boxes),
  })
  const loss = crossEntropy(tape, forward.logits, labels)
  const correct = countCorrect(tape, forward.logits, labels)
  const gradientOf = tape.backward(loss, graph.scalar(1))
  const updates = forward.trainable.flatMap((parameter) => {
    const value = variables.read(parameter.name, parameter.shape)
    const gradient = gradientOf(value)
    const multiplied = multiply(tape, rate, graph.scalar(options.multiplier(parameter.stage)))
    return gradient
      ? applyUpdate({
          tape,
          variables,
          parameter,
          value,
          gradient,
          rate: multiplied,
          step,
          optimizer: options.optimizer,
        })
      : []
  })
  const evaluationInput = source('evaluate', network.size)
  const evaluated = emitTraining(
    tape,
    { ...options, batchStatistics: [], trains: [] },
    { variables, x: prepare(evaluationInput, network.size, null) },
  )

  const done = [...updates, ...forward.observations]
  const session = await openSession(graph, {
    step: {
      inputs: { input: trainInput, labels, rate, step, ...(boxes ? { boxes } : {}) },
      outputs: {
        loss: graph.after(done, loss, 'loss'),
        correct: graph.after(done, correct, 'correct'),
      },
    },
    evaluate: { inputs: { input: evaluationInput }, outputs: { logits: evaluated.logits } },
    ...variables.signatures(),
  })
  const assign = (tensors: Tensors) => variables.assign(session, tensors)
  assign(options.tensors)
  const feed = (given: Input, count: number, side: number) =>
    'pixels' in given
      ? { data: packPixels(given.pixels, count), shape: [count, packedLength(side)] }
      : { data: given.values, shape: [count, ...network.inputShape] }
  return {
    step(batch, at) {
      const count = batch.labels.length
      const feeds: Feeds = {
        input: feed(batch.input, count, trainSide),
        labels: { data: batch.labels, shape: [count] },
        rate: { data: Float32Array.of(at.rate), shape: [] },
        step: { data: Float32Array.of(at.step), shape: [] },
        ...(batch.boxes ? { boxes: { data: batch.boxes, shape: [count, 4] } } : {}),
      }
      const result = session.run('step', feeds)
      return { loss: result.loss![0]!, correct: result.correct![0]! }
    },
    evaluate: (given, count) =>
      session.run('evaluate', { input: feed(given, count, network.size) }).logits as Float32Array,
    read: () => variables.readAll(session),
    assign,
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
  const y = cast(tape, emitNetwork(tape, network, { input: x, parameters }), 'float32')
  return { logits: y.shape.length === 4 ? flatten(tape, y) : y, trainable, observations }
}

/** running += 0.1 (batch - running), for mean and variance. */
function keepRunning(
  tape: Tape,
  norm: LayerOf<'batchNorm'>,
  { variables, mean, variance }: { variables: Variables; mean: Value; variance: Value },
) {
  return parametersOf(norm)
    .filter((parameter) => parameter.statistic)
    .map(({ name, shape }) => {
      const kept = variables.read(name, shape)
      const batch = name.endsWith('running_mean') ? mean : variance
      const weighted = (value: Value, weight: number) =>
        multiply(tape, value, tape.graph.scalar(weight))
      const next = tape.op('AddV2', [weighted(kept, 0.9), weighted(batch, 0.1)], {
        attributes: { T: { type: 'float32' } },
        dtype: 'float32',
        shape: kept.shape,
      })
      return tape.graph.node('AssignVariableOp', [variables.handle(name, shape), next.ref], {
        dtype: { type: 'float32' },
      })
    })
}
