// Update rules. SGD in PyTorch's form: v = m v + g + d w; w -= r v (Sutskever et al. 2013). AdamW:
// Loshchilov and Hutter 2019, with decoupled weight decay. Also gradient clipping before
// the update and a running average of the weights after it.
import type { Parameter } from '../network/layers'
import type { Graph, Value } from './graph'
import { multiply, subtract, sum } from './ops'
import type { Variables } from './variables'

export type Optimizer = Rules &
  ({ readonly kind: 'sgd'; readonly momentum: number } | { readonly kind: 'adamw' })
interface Rules {
  readonly weightDecay: number
  /** Whether biases and batch norms decay too, which is the default in PyTorch. */
  readonly decayAll: boolean
  readonly clipNorm?: number | null
  /** Decay of the running average of weights, which is validated and saved; null: no average. */
  readonly averaging?: number | null
}

interface Update {
  readonly parameter: Parameter
  readonly value: Value
  readonly gradient: Value
  /** Scalar learning rate of this parameter. */
  readonly rate: Value
}
interface Step {
  readonly optimizer: Optimizer
  /** Scalar count of steps, from 1. */
  readonly step: Value
}
const plain = {
  T: { type: 'float32' },
  use_locking: { b: false },
  use_nesterov: { b: false },
} as const

/** Writes the ops that update parameters; returns the nodes that must run. */
export function applyUpdates(variables: Variables, updates: readonly Update[], at: Step): string[] {
  const { clipNorm } = at.optimizer
  const gradients = updates.map(({ gradient }) => gradient)
  const clipped = clipNorm ? clipByNorm(variables.graph, gradients, clipNorm) : gradients
  return updates.map((update, i) =>
    applyUpdate(variables, { ...update, gradient: clipped[i]! }, at),
  )
}

function applyUpdate(variables: Variables, update: Update, { optimizer, step }: Step): string {
  const { graph } = variables
  const { parameter, value, gradient, rate } = update
  const { name, shape } = parameter
  // A bias or a norm's scale is a vector, a weight never is.
  const decays = optimizer.decayAll || shape.length > 1
  const decay = graph.scalar(decays ? optimizer.weightDecay : 0)
  const handle = (kind: string) => variables.handle(kind + name, shape)
  if (optimizer.kind === 'sgd') {
    const slope = sum(graph, gradient, multiply(graph, value, decay))
    const inputs = [handle(''), handle('momentum/'), rate, slope, graph.scalar(optimizer.momentum)]
    return graph.node('ResourceApplyMomentum', inputs, plain)
  }
  const states = ['', 'first/', 'second/'].map(handle)
  const shrink = multiply(graph, value, multiply(graph, rate, decay))
  const decayed = variables.write('AssignSubVariableOp', parameter, shrink)
  const betas = [0.9, 0.999].map((beta) => graph.scalar(beta))
  const powers = betas.map((beta) => graph.op('Pow', [beta, step], beta))
  const inputs = [...states, ...powers, rate, ...betas, graph.scalar(1e-8), gradient]
  return graph.node('ResourceApplyAdam', [...inputs, `^${decayed}`], plain)
}

/** Scales all gradients so that their global norm is at most `most` (Pascanu et al. 2013). */
function clipByNorm(graph: Graph, gradients: readonly Value[], most: number): Value[] {
  const limit = graph.scalar(most)
  const halves = gradients.map((gradient) => graph.op('L2Loss', [gradient], limit))
  const total = graph.op('AddN', halves, { ...limit, attributes: { N: { i: halves.length } } })
  const norm = graph.op('Sqrt', [multiply(graph, total, graph.scalar(2))], limit)
  const factor = graph.op('RealDiv', [limit, graph.op('Maximum', [norm, limit], limit)], limit)
  return gradients.map((gradient) => multiply(graph, gradient, factor))
}

/** The name of a tensor's running average. */
export const averageOf = (name: string) => `average/${name}`

/** Running averages (Polyak and Juditsky 1992) of the parameters, updated after `done`. Early on the
 *  decay is smaller: at most (1 + step) / (10 + step), as in TensorFlow. */
export function keepAverages(
  variables: Variables,
  averaged: readonly Parameter[],
  { share, step, done }: { share: number; step: Value; done: readonly string[] },
): string[] {
  const { graph } = variables
  const more = (count: number) => sum(graph, step, graph.scalar(count))
  const young = graph.op('RealDiv', [more(1), more(10)], step)
  const old = graph.op('Minimum', [young, graph.scalar(share)], step)
  const fresh = subtract(graph, graph.scalar(1), old)
  const written = graph.node(
    'NoOp',
    done.map((node) => `^${node}`),
  )
  return averaged.map(({ name, shape }) => {
    const average = variables.read(averageOf(name), shape)
    const now = variables.readAfter(written, { name, shape })
    const step = multiply(graph, subtract(graph, average, now), fresh)
    return variables.write('AssignSubVariableOp', { name: averageOf(name), shape }, step)
  })
}
