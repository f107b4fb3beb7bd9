// The part of a network that trains as a graph: one run of `step` is forward, backward and update. A
// frozen stage gets no update op at all, so its values cannot change. Running statistics move as
// running = 0.9 running + 0.1 batch (PyTorch's rule) only where a norm uses the batch's.
import type { Stage } from '../../../shared/network'
import { networkParameters, parametersOf, type Layer, type Network } from '../network/layers'
import { mixPictures, patchLength, varyPixels, viewLength, type Canvas } from './augment'
import { emitNetwork } from './emit'
import type { Precision } from '../../../shared/device'
import type { Graph, Value } from './graph'
import { countCorrect, crossEntropy, multiply, sum } from './ops'
import { applyUpdates, averageOf, keepAverages, type Optimizer } from './optimizer'
import { emitInput, networkInput, type InputKind } from './pixels'
import { Tape } from './tape'
import { Variables } from './variables'

export interface TrainingOptions {
  readonly network: Network
  readonly precision: Precision
  readonly input: InputKind
  /** The canvas that pictures are augmented from; null: none, pictures have the network's size. */
  readonly canvas: Canvas | null
  /** Whether pictures (or values) are mixed with one another. */
  readonly mixes?: boolean
  readonly trains: readonly Stage[]
  /** Stages whose batch norms use (and keep estimating) the batch's statistics. */
  readonly batchStatistics: readonly Stage[]
  readonly optimizer: Optimizer
  readonly multiplier: (stage: Stage) => number
}

/** `step` updates and returns loss and correct; `evaluate` returns logits with running statistics, and
 *  with the running averages of those tensors that have one (`averaged`). */
export function emitTraining(options: TrainingOptions) {
  const { network, precision, trains, batchStatistics, optimizer, multiplier } = options
  const tape = new Tape()
  const variables = new Variables(tape)
  const inputs = createInputs(tape, options)
  const { rate, step } = inputs
  const changing = networkParameters(network).filter(({ statistic, stage }) =>
    (statistic ? batchStatistics : trains).includes(stage),
  )
  const trained = changing.filter(({ statistic }) => !statistic)
  for (const { name, shape } of trained) tape.watch(variables.read(name, shape))

  const written: string[] = []
  const logits = emitNetwork(tape, network, {
    input: emitSeen(tape, inputs, options),
    precision,
    read: variables.read,
    observer: (norm) =>
      batchStatistics.includes(norm.stage)
        ? (...batch) => written.push(...keepRunning(variables, norm, batch))
        : null,
  })
  const loss = crossEntropy(tape, logits, inputs)
  const correct = countCorrect(tape, logits, inputs.labels)
  const gradientOf = tape.backward(loss, tape.scalar(1))
  const updates = trained.map((parameter) => {
    const value = variables.read(parameter.name, parameter.shape)
    const own = multiply(tape, rate, tape.scalar(multiplier(parameter.stage)))
    return { parameter, value, gradient: gradientOf(value)!, rate: own }
  })
  written.push(...applyUpdates(variables, updates, { optimizer, step }))
  const share = optimizer.averaging
  const averaged = new Set(share ? changing.map(({ name }) => name) : [])
  const averages = share ? keepAverages(variables, changing, { share, step, done: written }) : []
  const done = [...written, ...averages]

  const judged = networkInput(tape, network, { name: 'evaluate', input: options.input })
  const judgement = emitNetwork(tape, network, {
    input: emitInput(tape, judged, network),
    precision,
    read: (name, shape) => variables.read(averaged.has(name) ? averageOf(name) : name, shape),
  })
  const results = {
    loss: tape.after(done, loss, 'loss'),
    correct: tape.after(done, correct, 'correct'),
  }
  const signatures = {
    step: { inputs, outputs: results },
    evaluate: { inputs: { input: judged }, outputs: { logits: judgement } },
  }
  return { graph: tape, variables, signatures, averaged }
}

type Inputs = ReturnType<typeof createInputs>

/** Inputs of a step: scalars `rate` and `step`; the rest has one row per picture. */
function createInputs(graph: Graph, { network, input, canvas, mixes }: TrainingOptions) {
  const classes = network.layers[network.layers.length - 1]!.output[2]
  const placeholder = (name: string, ...shape: readonly number[]) =>
    graph.placeholder(name, 'float32', shape)
  return {
    input: networkInput(graph, network, { name: 'input', input, side: canvas?.side }),
    labels: graph.placeholder('labels', 'int32', [-1]),
    rate: placeholder('rate'),
    step: placeholder('step'),
    targets: placeholder('targets', -1, classes),
    weights: placeholder('weights', -1),
    ...(canvas && { views: placeholder('views', -1, viewLength) }),
    ...(mixes && {
      partners: graph.placeholder('partners', 'int32', [-1]),
      patches: placeholder('patches', -1, patchLength),
    }),
  }
}

/** The network's input for a batch, after augmentation and mixing. */
function emitSeen(
  graph: Graph,
  { input, views, partners, patches }: Inputs,
  { network, canvas }: TrainingOptions,
): Value {
  const x =
    canvas && views
      ? varyPixels(graph, input, { ...network, views, canvas })
      : emitInput(graph, input, network)
  return partners && patches ? mixPictures(graph, x, { partners, patches }) : x
}

/** running = 0.9 running + 0.1 batch, for mean and variance. */
function keepRunning(variables: Variables, norm: Layer, batch: readonly Value[]): string[] {
  const { graph } = variables
  const statistics = parametersOf(norm).filter(({ statistic }) => statistic)
  return statistics.map((parameter, i) => {
    const kept = multiply(graph, variables.read(parameter.name, parameter.shape), graph.scalar(0.9))
    const moved = sum(graph, kept, multiply(graph, batch[i]!, graph.scalar(0.1)))
    return variables.write('AssignVariableOp', parameter, moved)
  })
}
