// Update rules. SGD in PyTorch's form: v = m v + g + d w; w -= r v (Sutskever et al. 2013). AdamW:
// Loshchilov and Hutter 2019, decay taken off the weight itself. And what stands around them:
// clipping before, a running average behind.
import type { Parameter } from '../network/layers'
import type { Graph, Value } from './graph'
import { multiply, subtract, sum } from './ops'
import type { Variables } from './variables'

export type Optimizer = Rules &
  ({ readonly kind: 'sgd'; readonly momentum: number } | { readonly kind: 'adamw' })
interface Rules {
  readonly weightDecay: number
  /** Whether biases and batch norms decay too, as PyTorch's optimisers have it unless told not to. */
  readonly decayAll: boolean
  readonly clipNorm?: number | null
  /** Share of the old in the running average that is judged and kept; null: none. */
  readonly averaging?: number | null
}

interface Update {
  readonly graph: Graph
  readonly variables: Variables
  readonly parameter: Parameter
  readonly value: Value
  readonly gradient: Value
  /** Scalar learning rate of this parameter. */
  readonly rate: Value
  /** Scalar count of steps, from 1. */
  readonly step: Value
  readonly optimizer: Optimizer
}
const plain = {
  T: { type: 'float32' },
  use_locking: { b: false },
  use_nesterov: { b: false },
} as const

/** Writes the ops that update one parameter; answers the node that must have run. */
export function applyUpdate(update: Update): string {
  const { optimizer, parameter } = update
  // A bias or a norm's scale is a vector, a weight never is.
  const decays = optimizer.decayAll || parameter.shape.length > 1
  const weightDecay = decays ? optimizer.weightDecay : 0
  return optimizer.kind === 'sgd'
    ? applyMomentum(update, { momentum: optimizer.momentum, weightDecay })
    : applyAdamW(update, { weightDecay })
}

/** All gradients shrunk alike where their norm together is above `most` (Pascanu et al. 2013). */
export function clipByNorm(graph: Graph, gradients: readonly Value[], most: number): Value[] {
  const limit = graph.scalar(most)
  const halves = gradients.map((gradient) => graph.op('L2Loss', [gradient], limit))
  const total = graph.op('AddN', halves, { ...limit, attributes: { N: { i: halves.length } } })
  const norm = graph.op('Sqrt', [multiply(graph, total, graph.scalar(2))], limit)
  const factor = graph.op('RealDiv', [limit, graph.op('Maximum', [norm, limit], limit)], limit)
  return gradients.map((gradient) => multiply(graph, gradient, factor))
}

/** The name of a tensor's running average. */
export const averageOf = (name: string) => `average/${name}`

/** Running averages (Polyak and Juditsky 1992) of what `done` has written; young ones forget faster:
 *  the share of the old is at most (1 + step) / (10 + step), as in TensorFlow's. */
export function keepAverages(
  { graph, variables, step }: Pick<Update, 'graph' | 'variables' | 'step'>,
  averaged: readonly Pick<Parameter, 'name' | 'shape'>[],
  { share, done }: { share: number; done: readonly string[] },
): string[] {
  const more = (count: number) => sum(graph, step, graph.scalar(count))
  const young = graph.op('RealDiv', [more(1), more(10)], step)
  const old = graph.op('Minimum', [young, graph.scalar(share)], step)
  const fresh = subtract(graph, graph.scalar(1), old)
  const before = done.map((node) => `^${node}`)
  const written = graph.node('NoOp', before)
  return averaged.map(({ name, shape }) => {
    const average = variables.read(averageOf(name), shape)
    const now = variables.readAfter(written, { name, shape })
    const step = multiply(graph, subtract(graph, average, now), fresh)
    return variables.write('AssignSubVariableOp', { name: averageOf(name), shape }, step)
  })
}

function applyMomentum(
  { graph, variables, parameter: { name, shape }, value, gradient, rate }: Update,
  { momentum, weightDecay }: { momentum: number; weightDecay: number },
) {
  const slope = sum(graph, gradient, multiply(graph, value, graph.scalar(weightDecay)))
  const state = variables.handle(`momentum/${name}`, shape)
  const inputs = [variables.handle(name, shape), state, rate, slope, graph.scalar(momentum)]
  return graph.node('ResourceApplyMomentum', inputs, plain)
}

function applyAdamW(
  { graph, variables, parameter: { name, shape }, value, gradient, rate, step }: Update,
  { weightDecay }: { weightDecay: number },
) {
  const states = ['', 'first/', 'second/'].map((state) => variables.handle(state + name, shape))
  const shrink = multiply(graph, value, multiply(graph, rate, graph.scalar(weightDecay)))
  const decay = variables.write('AssignSubVariableOp', { name, shape }, shrink)
  const betas = [0.9, 0.999].map((beta) => graph.scalar(beta))
  const powers = betas.map((beta) => graph.op('Pow', [beta, step], beta))
  const inputs = [...states, ...powers, rate, ...betas, graph.scalar(1e-8), gradient]
  return graph.node('ResourceApplyAdam', [...inputs, `^${decay}`], plain)
}
