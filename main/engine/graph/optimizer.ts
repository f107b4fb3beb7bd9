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
const float = { T: { type: 'float32' } } as const
const unlocked = { ...float, use_locking: { b: false } }

/** Writes the ops that update one parameter; answers the names of those that must have run. */
export function applyUpdate(update: Update): readonly string[] {
  const { optimizer } = update
  switch (optimizer.kind) {
    case 'sgd':
      return applyMomentum(update, optimizer)
    case 'adamw':
      return applyAdamW(update, optimizer)
  }
}

function applyMomentum(
  { tape, variables, parameter, value, gradient, rate }: Update,
  { momentum, weightDecay }: { momentum: number; weightDecay: number },
) {
  const { graph } = tape
  const decayed = tape.op('AddV2', [gradient, multiply(tape, value, graph.scalar(weightDecay))], {
    attributes: float,
    dtype: 'float32',
    shape: value.shape,
  })
  const state = variables.handle(`momentum/${parameter.name}`, parameter.shape)
  const handle = variables.handle(parameter.name, parameter.shape)
  return [
    graph.node(
      'ResourceApplyMomentum',
      [handle, state, rate.ref, decayed.ref, graph.scalar(momentum).ref],
      { ...unlocked, use_nesterov: { b: false } },
    ),
  ]
}

function applyAdamW(
  { tape, variables, parameter, value, gradient, rate, step }: Update,
  { weightDecay }: { weightDecay: number },
) {
  const { graph } = tape
  const handle = variables.handle(parameter.name, parameter.shape)
  const [first, second] = ['first', 'second'].map((moment) =>
    variables.handle(`${moment}/${parameter.name}`, parameter.shape),
  )
  const power = (base: number) =>
    tape.op('Pow', [graph.scalar(base), step], { attributes: float, dtype: 'float32', shape: [] })
  const shrink = multiply(tape, value, multiply(tape, rate, graph.scalar(weightDecay)))
  const decay = graph.node('AssignSubVariableOp', [handle, shrink.ref], {
    dtype: { type: 'float32' },
  })
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8].map((number) => graph.scalar(number).ref)
  const inputs = [
    handle,
    first!,
    second!,
    power(0.9).ref,
    power(0.999).ref,
    rate.ref,
    beta1!,
    beta2!,
    epsilon!,
    gradient.ref,
  ]
  return [
    graph.node('ResourceApplyAdam', [...inputs, `^${decay}`], {
      ...unlocked,
      use_nesterov: { b: false },
    }),
  ]
}
