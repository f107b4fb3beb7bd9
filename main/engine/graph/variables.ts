// The variables of a graph and the two signatures that write and read them. Outside, a variable's
// data is in PyTorch's layout; layouts.ts turns it on the way.
import type { Tensor, Tensors } from '../network/initialise'
import type { DataType, Graph, Shape, Signature, Value } from './graph'
import { fromGraph, graphShape, toGraph } from './layouts'
import type { Feeds, Session } from './session'

interface Variable {
  readonly handle: string
  readonly value: Value
  readonly shape: readonly number[]
}

export class Variables {
  private readonly byName = new Map<string, Variable>()
  constructor(private readonly graph: Graph) {}

  /** The value of a float32 variable, made on first use; `shape` is PyTorch's. */
  read(name: string, shape: readonly number[]): Value {
    return this.variable(name, shape).value
  }

  handle(name: string, shape: readonly number[]): string {
    return this.variable(name, shape).handle
  }

  private variable(name: string, shape: readonly number[]): Variable {
    const known = this.byName.get(name)
    if (known) return known
    const dtype: DataType = 'float32'
    const inside: Shape = graphShape(shape)
    const node = this.graph.node('VarHandleOp', [], {
      dtype: { type: dtype },
      shape: { shape: inside },
      shared_name: { s: name },
      container: { s: '' },
      name,
    })
    const read = this.graph.node('ReadVariableOp', [`${node}:0`], {
      dtype: { type: dtype },
      name: `${name}/read`,
    })
    const variable = {
      handle: `${node}:0`,
      value: { ref: `${read}:0`, dtype, shape: inside },
      shape,
    }
    this.byName.set(name, variable)
    return variable
  }

  /** `assign` takes every variable, `read` answers every one; call it once the graph is complete. */
  signatures(): Record<'assign' | 'read', Signature> {
    const inputs: Record<string, Value> = {}
    const outputs: Record<string, Value> = {}
    const assigned: string[] = []
    for (const [name, { handle, value }] of this.byName) {
      const placeholder = this.graph.placeholder(`${name}/new`, 'float32', value.shape)
      assigned.push(
        this.graph.node('AssignVariableOp', [handle, placeholder.ref], {
          dtype: { type: 'float32' },
          name: `${name}/assign`,
        }),
      )
      inputs[name] = placeholder
      const copy = this.graph.node('Identity', [value.ref], {
        T: { type: 'float32' },
        name: `${name}/copy`,
      })
      outputs[name] = { ...value, ref: `${copy}:0` }
    }
    const done = this.graph.after(assigned, this.graph.scalar(1, 'int32'), 'assigned')
    return { assign: { inputs, outputs: { done } }, read: { inputs: {}, outputs } }
  }

  /** Writes every variable; one that `tensors` lacks becomes zero (optimiser state). */
  assign(session: Session, tensors: Tensors) {
    const feeds: Feeds = Object.fromEntries(
      [...this.byName].map(([name, { shape, value }]) => {
        const data = tensors.get(name)?.data ?? new Float32Array(shape.reduce((a, b) => a * b, 1))
        return [name, { data: toGraph(data, shape), shape: value.shape }]
      }),
    )
    session.run('assign', feeds)
  }

  readAll(session: Session): Map<string, Tensor> {
    const results = session.run('read', {})
    return new Map(
      [...this.byName].map(([name, { shape }]) => [
        name,
        { shape, data: fromGraph(results[name] as Float32Array, shape) },
      ]),
    )
  }
}
