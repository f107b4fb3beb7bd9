// Update rules. SGD in PyTorch's form: v = m v + g + d w; w -= r v (Sutskever et al. 2013). AdamW:
// Loshchilov and Hutter 2019, decay taken off the weight itself.
import type { Parameter } from '../network/layers'
import type { Value } from './graph'
import { multiply } from './ops'
import type { Tape } from './tape'
import type { Variables } from './variables'

export type Optimizer =
  | { readonly kind: 'sgd'; readonly momentum: number; readonly weightDecay: number }
  | { readonly kind: 'adamw'; readonly weightDecay: number }

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
  const { optimizer } = update
  switch (optimizer.kind) {
    case 'sgd':
      return applyMomentum(update, optimizer)
    case 'adamw':
      return applyAdamW(update, optimizer)
  }
}

function applyMomentum(
  { tape, variables, parameter: { name, shape }, value, gradient, rate }: Update,
  { momentum, weightDecay }: { momentum: number; weightDecay: number },
) {
  const { graph } = tape
  const decay = multiply(tape, value, graph.scalar(weightDecay))
  const slope = tape.op('AddV2', [gradient, decay], value)
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
