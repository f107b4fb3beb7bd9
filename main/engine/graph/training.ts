// The part of a network that trains as a graph: one run of `step` is forward, backward and update. A
// frozen stage gets no update op at all, so its values cannot change. Running statistics move as
// running = 0.9 running + 0.1 batch (PyTorch's rule) only where a norm uses the batch's.
import type { Stage } from '../../../shared/network'
import {
  networkParameters,
  parametersOf,
  type LayerOf,
  type Network,
  type Parameter,
} from '../network/layers'
import { mixPictures, patchLength, varyPixels, viewLength, type Canvas } from './augment'
import { emitNetwork, type Precision } from './emit'
import type { Graph, Signature, Value } from './graph'
import { countCorrect, crossEntropy, multiply, sum } from './ops'
import { applyUpdate, averageOf, clipByNorm, keepAverages, type Optimizer } from './optimizer'
import { emitInput, networkInput, type InputKind } from './pixels'
import { Tape } from './tape'
import { Variables } from './variables'

export interface TrainingOptions {
  readonly network: Network
  readonly precision: Precision
  readonly input: InputKind
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
export interface TrainingGraph {
  readonly graph: Graph
  readonly variables: Variables
  readonly signatures: Readonly<Record<'step' | 'evaluate', Signature>>
  /** Names of the tensors that have a running average beside them. */
  readonly averaged: readonly string[]
}

/** `step` updates and answers loss and correct; `evaluate` answers logits with kept statistics and
 *  averaged values. */
export function emitTraining(options: TrainingOptions): TrainingGraph {
  const { network, precision, trains, batchStatistics, optimizer } = options
  const tape = new Tape()
  const variables = new Variables(tape)
  const inputs = placeInputs(tape, options)
  const parameters = networkParameters(network)
  const trained = parameters.filter(({ statistic, stage }) => !statistic && trains.includes(stage))
  for (const { name, shape } of trained) tape.watch(variables.read(name, shape))

  const observed: string[] = []
  const logits = emitNetwork(tape, network, {
    input: emitSeen(tape, inputs, options),
    precision,
    read: variables.read,
    observer: (norm) =>
      batchStatistics.includes(norm.stage)
        ? (...batch) => observed.push(...keepRunning(variables, norm, { graph: tape, batch }))
        : null,
  })
  const loss = crossEntropy(tape, logits, inputs)
  const correct = countCorrect(tape, logits, inputs.labels)
  const updates = emitUpdates(tape, options, { trained, loss, variables, ...inputs })
  const written = [...updates, ...observed]
  const averaged = optimizer.averaging
    ? parameters.filter(({ statistic, stage }) =>
        (statistic ? batchStatistics : trains).includes(stage),
      )
    : []
  const share = optimizer.averaging ?? 0
  const update = { graph: tape, variables, step: inputs.step }
  const done = [...written, ...keepAverages(update, averaged, { share, done: written })]

  const names = averaged.map(({ name }) => name)
  const judged = networkInput(tape, network, { name: 'evaluate', input: options.input })
  const judgement = emitNetwork(tape, network, {
    input: emitInput(tape, judged, { network, input: options.input }),
    precision,
    read: (name, shape) => variables.read(names.includes(name) ? averageOf(name) : name, shape),
  })
  const after = {
    loss: tape.after(done, loss, 'loss'),
    correct: tape.after(done, correct, 'correct'),
  }
  const signatures = {
    step: { inputs, outputs: after },
    evaluate: { inputs: { input: judged }, outputs: { logits: judgement } },
  }
  return { graph: tape, variables, signatures, averaged: names }
}

/** What a step is fed: scalars `rate` and `step`, all else one row a picture. */
type Inputs = Readonly<
  Record<'input' | 'labels' | 'rate' | 'step' | 'targets' | 'weights', Value> &
    Partial<Record<'views' | 'partners' | 'patches', Value>>
>
function placeInputs(graph: Graph, { network, input, canvas, mixes }: TrainingOptions): Inputs {
  const classes = network.layers[network.layers.length - 1]!.output[2]
  const place = (name: string, ...shape: readonly number[]) =>
    graph.placeholder(name, 'float32', shape)
  return {
    input: networkInput(graph, network, { name: 'input', input, side: canvas?.side }),
    labels: graph.placeholder('labels', 'int32', [-1]),
    rate: place('rate'),
    step: place('step'),
    targets: place('targets', -1, classes),
    weights: place('weights', -1),
    ...(canvas && { views: place('views', -1, viewLength) }),
    ...(mixes && {
      partners: graph.placeholder('partners', 'int32', [-1]),
      patches: place('patches', -1, patchLength),
    }),
  }
}

/** What the network sees of a batch. */
function emitSeen(
  graph: Graph,
  { input, views, partners, patches }: Inputs,
  { network, canvas, ...options }: TrainingOptions,
): Value {
  const x = canvas
    ? varyPixels(graph, input, { ...network, views: views!, canvas })
    : emitInput(graph, input, { network, input: options.input })
  return partners ? mixPictures(graph, x, { partners, patches: patches! }) : x
}

interface Updates {
  readonly variables: Variables
  readonly trained: readonly Parameter[]
  readonly loss: Value
  readonly rate: Value
  readonly step: Value
}

/** The backward pass and the updates; answers the nodes that must have run. */
function emitUpdates(
  tape: Tape,
  { optimizer, multiplier }: TrainingOptions,
  { trained, loss, rate, ...rest }: Updates,
): string[] {
  const gradientOf = tape.backward(loss, tape.scalar(1))
  const moved = trained.flatMap((parameter) => {
    const value = rest.variables.read(parameter.name, parameter.shape)
    const gradient = gradientOf(value)
    return gradient ? [{ parameter, value, gradient }] : []
  })
  const gradients = moved.map(({ gradient }) => gradient)
  const clipped = optimizer.clipNorm ? clipByNorm(tape, gradients, optimizer.clipNorm) : gradients
  return moved.map((one, i) => {
    const own = multiply(tape, rate, tape.scalar(multiplier(one.parameter.stage)))
    return applyUpdate({
      graph: tape,
      optimizer,
      ...rest,
      ...one,
      gradient: clipped[i]!,
      rate: own,
    })
  })
}

/** running = 0.9 running + 0.1 batch, for mean and variance. */
function keepRunning(
  variables: Variables,
  norm: LayerOf<'batchNorm'>,
  { graph, batch }: { graph: Graph; batch: readonly Value[] },
): string[] {
  const statistics = parametersOf(norm).filter(({ statistic }) => statistic)
  return statistics.map((parameter, i) => {
    const kept = multiply(graph, variables.read(parameter.name, parameter.shape), graph.scalar(0.9))
    const moved = sum(graph, kept, multiply(graph, batch[i]!, graph.scalar(0.1)))
    return variables.write('AssignVariableOp', parameter, moved)
  })
}
