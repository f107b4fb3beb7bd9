// Update rules. SGD in PyTorch's form: v = m v + g + d w; w -= r v (Sutskever et al. 2013). AdamW:
// Loshchilov and Hutter 2019, decay taken off the weight itself. And what stands around them:
// clipping before, a running average behind.
import type { Parameter } from '../network/layers'
import type { Value } from './graph'
import { multiply, subtract, sum } from './ops'
import type { Tape } from './tape'
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
  readonly tape: Tape
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
const float32 = { type: 'float32' } as const
const plain = { T: float32, use_locking: { b: false }, use_nesterov: { b: false } } as const

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
export function clipByNorm(tape: Tape, gradients: readonly Value[], most: number): Value[] {
  const limit = tape.graph.scalar(most)
  const halves = gradients.map((gradient) => tape.op('L2Loss', [gradient], limit))
  const total = tape.op('AddN', halves, { ...limit, attributes: { N: { i: halves.length } } })
  const norm = tape.op('Sqrt', [multiply(tape, total, tape.graph.scalar(2))], limit)
  const factor = tape.op('RealDiv', [limit, tape.op('Maximum', [norm, limit], limit)], limit)
  return gradients.map((gradient) => multiply(tape, gradient, factor))
}

/** The name of a tensor's running average. */
export const averageOf = (name: string) => `average/${name}`

/** Running averages (Polyak and Juditsky 1992) of what `done` has written; young ones forget faster:
 *  the share of the old is at most (1 + step) / (10 + step), as in TensorFlow's. */
export function keepAverages(
  { tape, variables, step }: Pick<Update, 'tape' | 'variables' | 'step'>,
  averaged: readonly Pick<Parameter, 'name' | 'shape'>[],
  { share, done }: { share: number; done: readonly string[] },
): string[] {
  const { graph } = tape
  const more = (count: number) => sum(tape, step, graph.scalar(count))
  const young = tape.op('RealDiv', [more(1), more(10)], step)
  const fresh = subtract(
    tape,
    graph.scalar(1),
    tape.op('Minimum', [young, graph.scalar(share)], step),
  )
  const written = `^${graph.node(
    'NoOp',
    done.map((node) => `^${node}`),
  )}`
  return averaged.map(({ name, shape }) => {
    const old = variables.read(averageOf(name), shape)
    const read = graph.node('ReadVariableOp', [variables.handle(name, shape), written], {
      dtype: float32,
    })
    const step = multiply(tape, subtract(tape, old, { ...old, ref: `${read}:0` }), fresh)
    const inputs = [variables.handle(averageOf(name), shape), step.ref]
    return graph.node('AssignSubVariableOp', inputs, { dtype: float32 })
  })
}

function applyMomentum(
  { tape, variables, parameter: { name, shape }, value, gradient, rate }: Update,
  { momentum, weightDecay }: { momentum: number; weightDecay: number },
) {
  const { graph } = tape
  const slope = sum(tape, gradient, multiply(tape, value, graph.scalar(weightDecay)))
  const state = variables.handle(`momentum/${name}`, shape)
  const inputs = [rate, slope, graph.scalar(momentum)].map(({ ref }) => ref)
  return graph.node(
    'ResourceApplyMomentum',
    [variables.handle(name, shape), state, ...inputs],
    plain,
  )
}

function applyAdamW(
  { tape, variables, parameter: { name, shape }, value, gradient, rate, step }: Update,
  { weightDecay }: { weightDecay: number },
) {
  const { graph } = tape
  const states = ['', 'first/', 'second/'].map((state) => variables.handle(state + name, shape))
  const shrink = multiply(tape, value, multiply(tape, rate, graph.scalar(weightDecay)))
  const decay = graph.node('AssignSubVariableOp', [states[0]!, shrink.ref], { dtype: float32 })
  const betas = [0.9, 0.999].map((beta) => graph.scalar(beta))
  const powers = betas.map((beta) => tape.op('Pow', [beta, step], beta))
  const inputs = [...powers, rate, ...betas, graph.scalar(1e-8), gradient].map(({ ref }) => ref)
  return graph.node('ResourceApplyAdam', [...states, ...inputs, `^${decay}`], plain)
}
