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
import { mixPictures, patchLength, varyPixels, viewLength, type Canvas } from './augment'
import { emitNetwork, type Parameters, type Precision } from './emit'
import { Graph, type Value } from './graph'
import { feedOf, networkInput, type Input } from './inference'
import { countCorrect, crossEntropy, multiply } from './ops'
import { applyUpdate, averageOf, clipByNorm, keepAverages, type Optimizer } from './optimizer'
import { normalisePixels, unpackPixels } from './pixels'
import { Tape } from './tape'
import { Variables } from './variables'

export interface TrainingOptions {
  readonly network: Network
  readonly tensors: Tensors
  readonly precision: Precision
  readonly input: 'pixels' | 'values'
  /** What pictures are varied from; null: they are not, and come at the network's size. */
  readonly canvas: Canvas | null
  /** Whether pictures (or values) are mixed with one another. */
  readonly mixes?: boolean
  readonly trains: readonly Stage[]
  /** Stages whose batch norms use (and keep estimating) the batch's statistics. */
  readonly batchStatistics: readonly Stage[]
  readonly optimizer: Optimizer
  readonly multiplier: (stage: Stage) => number
}
/** What is fed beside pictures and labels, one row a picture. */
export interface Rows {
  /** The answers wanted, [count, classes] with rows of sum 1; left out: the labels. */
  readonly targets?: Float32Array
  /** [count]: how much each counts; left out: 1. */
  readonly weights?: Float32Array
  /** [count, viewLength]: with a canvas. */
  readonly views?: Float32Array
  /** [count], [count, patchLength]: where it mixes, which picture comes into each, where and how much. */
  readonly partners?: Int32Array
  readonly patches?: Float32Array
}
export interface Batch extends Rows {
  readonly input: Input
  readonly labels: Int32Array
}
export interface StepResult {
  /** Mean over the batch. */
  readonly loss: number
  readonly correct: number
}
export interface Trainer {
  /** @throws Failure out-of-memory; nothing was updated then */
  step(batch: Batch, options: { readonly rate: number; readonly step: number }): StepResult
  /** Logits [count, classes] with kept statistics (and averaged weights where they are averaged);
   *  pictures at the network's size. */
  evaluate(input: Input, count: number): Float32Array
  /** Every tensor that a step writes, optimiser state (`momentum/...`) and averages included. */
  read(): Map<string, Tensor>
  /** Writes what read() answers; what is missing becomes zero, an average what it is of. */
  assign(tensors: Tensors): void
  dispose(): void
}

export async function openTrainer(given: TrainingOptions): Promise<Trainer> {
  const { trains, batchStatistics, input, canvas, optimizer, multiplier } = given
  const changes = (stage: Stage) => trains.includes(stage) || batchStatistics.includes(stage)
  const folded = foldBatchNorms(given.network, given.tensors, ({ stage }) => !changes(stage))
  const options = { ...given, ...folded }
  const { network } = folded
  const classes = network.layers[network.layers.length - 1]!.output[2]
  const graph = new Graph()
  const tape = new Tape(graph)
  const variables = new Variables(graph)
  const [rate, step] = ['rate', 'step'].map((name) => graph.placeholder(name, 'float32', [])) as [
    Value,
    Value,
  ]
  const labels = graph.placeholder('labels', 'int32', [-1])
  const rows = placeRows(graph, { classes, canvas, mixes: given.mixes })
  const side = canvas?.side ?? network.size
  const source = networkInput(graph, network, { name: 'input', input, side })
  const plain = (pixels: Value) =>
    input === 'values'
      ? pixels
      : normalisePixels(tape, unpackPixels(tape, pixels, network.size), network.colours)
  const { views, partners, patches } = rows
  const seen = canvas
    ? varyPixels(tape, source, { ...network, views: views!, canvas })
    : plain(source)
  const x = partners ? mixPictures(tape, seen, { partners, patches: patches! }) : seen
  const forward = emitTraining(tape, options, { variables, x })
  const loss = crossEntropy(tape, forward.logits, rows)
  const correct = countCorrect(tape, forward.logits, labels)
  const updates = emitUpdates(tape, {
    variables,
    loss,
    rate,
    step,
    optimizer,
    multiplier,
    ...forward,
  })
  const written = [...updates, ...forward.observations]
  const averaged = optimizer.averaging
    ? networkParameters(network).filter(({ statistic, stage }) =>
        (statistic ? batchStatistics : trains).includes(stage),
      )
    : []
  const averages = keepAverages({ tape, variables, step }, averaged, {
    share: optimizer.averaging ?? 0,
    done: written,
  })
  const judged = networkInput(graph, network, { name: 'evaluate', input })
  const { logits } = emitTraining(
    tape,
    { ...options, batchStatistics: [], trains: [] },
    { variables, x: plain(judged), averaged },
  )
  const done = [...written, ...averages]
  const session = await openSession(graph, {
    step: {
      inputs: { input: source, labels, rate, step, ...rows },
      outputs: {
        loss: graph.after(done, loss, 'loss'),
        correct: graph.after(done, correct, 'correct'),
      },
    },
    evaluate: { inputs: { input: judged }, outputs: { logits } },
    ...variables.signatures(),
  })
  const assign = (tensors: Tensors) => {
    const all = new Map([...folded.tensors, ...tensors])
    const same = averaged.map(({ name }) => [averageOf(name), all.get(name)!] as const)
    variables.assign(session, new Map([...same, ...all]))
  }
  assign(new Map())
  return {
    step(batch, at) {
      const count = batch.labels.length
      const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] })
      const given = { ...plainRows(batch.labels, classes), ...batch }
      const result = session.run('step', {
        input: feedOf(batch.input, count, { ...network, size: side }),
        labels: { data: batch.labels, shape: [count] },
        rate: scalar(at.rate),
        step: scalar(at.step),
        ...Object.fromEntries(
          Object.entries(rows).map(([name, { shape }]) => [
            name,
            { data: given[name as keyof Rows]!, shape: [count, ...shape.slice(1)] },
          ]),
        ),
      })
      return { loss: result.loss![0]!, correct: result.correct![0]! }
    },
    evaluate: (pictures, count) =>
      session.run('evaluate', { input: feedOf(pictures, count, network) }).logits as Float32Array,
    read: () => variables.readChanging(session),
    assign,
    dispose: () => session.dispose(),
  }
}

type PlacedRows = Partial<Record<keyof Rows, Value>> & Record<'targets' | 'weights', Value>

function placeRows(
  graph: Graph,
  {
    classes,
    canvas,
    mixes = false,
  }: { classes: number; canvas: Canvas | null; mixes: boolean | undefined },
): PlacedRows {
  const row = (name: string, ...shape: readonly number[]) =>
    graph.placeholder(name, 'float32', [-1, ...shape])
  return {
    targets: row('targets', classes),
    weights: row('weights'),
    ...(canvas && { views: row('views', viewLength) }),
    ...(mixes && {
      partners: graph.placeholder('partners', 'int32', [-1]),
      patches: row('patches', patchLength),
    }),
  }
}

/** Every picture counts 1 and its label is wanted. */
function plainRows(labels: Int32Array, classes: number) {
  const targets = new Float32Array(labels.length * classes)
  labels.forEach((label, n) => (targets[n * classes + label] = 1))
  return { targets, weights: new Float32Array(labels.length).fill(1) }
}

interface Updates extends Pick<TrainingOptions, 'optimizer' | 'multiplier'> {
  readonly variables: Variables
  readonly trainable: readonly Parameter[]
  readonly loss: Value
  readonly rate: Value
  readonly step: Value
}

/** The backward pass and the updates; answers the nodes that must have run. */
function emitUpdates(
  tape: Tape,
  { trainable, loss, rate, multiplier, ...rest }: Updates,
): string[] {
  const { variables, optimizer } = rest
  const gradientOf = tape.backward(loss, tape.graph.scalar(1))
  const moved = trainable.flatMap((parameter) => {
    const value = variables.read(parameter.name, parameter.shape)
    const gradient = gradientOf(value)
    return gradient ? [{ parameter, value, gradient }] : []
  })
  const gradients = moved.map(({ gradient }) => gradient)
  const clipped = optimizer.clipNorm ? clipByNorm(tape, gradients, optimizer.clipNorm) : gradients
  return moved.map((one, i) => {
    const own = multiply(tape, rate, tape.graph.scalar(multiplier(one.parameter.stage)))
    return applyUpdate({ tape, ...rest, ...one, gradient: clipped[i]!, rate: own })
  })
}

/** The forward pass; `observations` are the ops that keep running statistics. */
function emitTraining(
  tape: Tape,
  { network, precision, trains, batchStatistics }: TrainingOptions,
  {
    variables,
    x,
    averaged = [],
  }: { variables: Variables; x: Value; averaged?: readonly Parameter[] },
) {
  const replaced = new Map(averaged.map(({ name }) => [name, averageOf(name)]))
  const all = new Map(networkParameters(network).map((parameter) => [parameter.name, parameter]))
  const trainable: Parameter[] = [...all.values()].filter(
    ({ statistic, stage }) => !statistic && trains.includes(stage),
  )
  for (const { name, shape } of trainable) tape.watch(variables.read(name, shape))
  const observations: string[] = []
  const parameters: Parameters = {
    get: (name) => variables.read(replaced.get(name) ?? name, all.get(name)!.shape),
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
