// The variables of a graph. Shapes are given in PyTorch's layout. A variable whose handle was taken is
// one that some op writes; the others keep what they were given.
import type { Parameter } from '../network/layers'
import type { Graph, Shape, Value } from './graph'

interface Variable {
  readonly handle: string
  readonly value: Value
  /** In PyTorch's layout. */
  readonly shape: readonly number[]
}
type Named = Pick<Parameter, 'name' | 'shape'>
const dtype = { type: 'float32' } as const

export class Variables {
  readonly all = new Map<string, Variable>()
  /** Names of the variables that some op writes. */
  readonly changing = new Set<string>()
  constructor(readonly graph: Graph) {}

  /** The value of a float32 variable, made on first use. */
  read = (name: string, shape: readonly number[]): Value => this.variable(name, shape).value

  /** Its value once `node` has run. */
  readAfter(node: string, { name, shape }: Named): Value {
    const inputs = [this.handle(name, shape), `^${node}`]
    const read = this.graph.node('ReadVariableOp', inputs, { dtype })
    return { ...this.read(name, shape), ref: `${read}:0` }
  }

  /** For an op that writes the variable. */
  handle(name: string, shape: readonly number[]): string {
    this.changing.add(name)
    return this.variable(name, shape).handle
  }

  /** Returns the node that must run. */
  write(op: 'AssignVariableOp' | 'AssignSubVariableOp', { name, shape }: Named, value: Value) {
    return this.graph.node(op, [this.handle(name, shape), value], { dtype })
  }

  private variable(name: string, shape: readonly number[]): Variable {
    const known = this.all.get(name)
    if (known) return known
    const inside = graphShape(shape)
    const own = { shape: { shape: inside }, container: { s: '' }, shared_name: { s: name } }
    const handle = `${this.graph.node('VarHandleOp', [], { dtype, ...own, name })}:0`
    const read = this.graph.node('ReadVariableOp', [handle], { dtype, name: `${name}/read` })
    const value: Value = { ref: `${read}:0`, dtype: 'float32', shape: inside }
    const variable = { handle, value, shape }
    this.all.set(name, variable)
    return variable
  }
}

/** From PyTorch's OIHW or output x input to TensorFlow's HWIO or input x output. */
export function graphShape(shape: Shape): Shape {
  const [outputs, inputs, ...kernel] = shape
  return inputs === undefined ? shape : [...kernel, inputs, outputs!]
}
