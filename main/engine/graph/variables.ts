// The variables of a graph and the two signatures that write and read them. Outside, a variable's
// data is in PyTorch's layout; layouts.ts turns it on the way. A variable whose handle was taken is
// one that some op writes; the others keep what they were given.
import type { Tensor, Tensors } from '../network/initialise'
import { countValues } from '../network/layers'
import { unshared, type Feeds, type Session } from '../tensorflow/session'
import type { Graph, Shape, Signature, Value } from './graph'
import { fromGraph, graphShape, toGraph } from './layouts'

interface Variable {
  readonly handle: string
  readonly value: Value
  readonly shape: readonly number[]
}
const dtype = { type: 'float32' } as const

export class Variables {
  private readonly byName = new Map<string, Variable>()
  private readonly changing = new Set<string>()
  constructor(private readonly graph: Graph) {}

  /** The value of a float32 variable, made on first use; `shape` is PyTorch's. */
  read(name: string, shape: readonly number[]): Value {
    return this.variable(name, shape).value
  }

  /** For an op that writes the variable. */
  handle(name: string, shape: readonly number[]): string {
    this.changing.add(name)
    return this.variable(name, shape).handle
  }

  private variable(name: string, shape: readonly number[]): Variable {
    const known = this.byName.get(name)
    if (known) return known
    const inside: Shape = graphShape(shape)
    const attributes = { dtype, shape: { shape: inside }, container: { s: '' } }
    const node = this.graph.node('VarHandleOp', [], {
      ...attributes,
      shared_name: { s: name },
      name,
    })
    const handle = `${node}:0`
    const read = this.graph.node('ReadVariableOp', [handle], { dtype, name: `${name}/read` })
    const value: Value = { ref: `${read}:0`, dtype: 'float32', shape: inside }
    const variable = { handle, value, shape }
    this.byName.set(name, variable)
    return variable
  }

  /** `assign` takes every variable, `read` answers the changing; call it once the graph is complete. */
  signatures(): Record<'assign' | 'read', Signature> {
    const inputs: Record<string, Value> = {}
    const outputs: Record<string, Value> = {}
    const assigned: string[] = []
    for (const [name, { handle, value }] of this.byName) {
      const given = this.graph.placeholder(`${name}/new`, 'float32', value.shape)
      assigned.push(this.graph.node('AssignVariableOp', [handle, given.ref], { dtype }))
      inputs[name] = given
      if (this.changing.has(name)) outputs[name] = this.graph.after([], value, `${name}/copy`)
    }
    const done = this.graph.after(assigned, this.graph.scalar(1, 'int32'), 'assigned')
    return { assign: { inputs, outputs: { done } }, read: { inputs: {}, outputs } }
  }

  /** Writes every variable; one that `tensors` lacks becomes zero (optimiser state). */
  assign(session: Session, tensors: Tensors) {
    const feeds: Feeds = Object.fromEntries(
      [...this.byName].map(([name, { shape, value }]) => {
        const data = tensors.get(name)?.data ?? new Float32Array(countValues(shape))
        return [name, { data: unshared(toGraph(data, shape)), shape: value.shape }]
      }),
    )
    session.run('assign', feeds)
  }

  readChanging(session: Session): Map<string, Tensor> {
    const results = session.run('read', {})
    return new Map(
      [...this.changing].map((name) => {
        const { shape } = this.byName.get(name)!
        return [name, { shape, data: fromGraph(results[name] as Float32Array, shape) }]
      }),
    )
  }
}
