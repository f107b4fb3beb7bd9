// A TensorFlow graph being written: nodes with attributes, in the words of graph.proto. Nothing here
// runs; savedModel.ts encodes it and session.ts runs it.

export type DataType = 'float32' | 'bfloat16' | 'int32' | 'uint8' | 'bool' | 'resource'
/** Numbers of types.proto. */
export const dataTypes: Readonly<Record<DataType, number>> = { float32: 1, int32: 3, uint8: 4, bool: 10, bfloat16: 14, resource: 20 }

/** -1 is a size known only when it runs (the batch). */
export type Shape = readonly number[]
export type Attribute =
  | { readonly type: DataType }
  | { readonly b: boolean }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly shape: Shape }
  | { readonly ints: readonly number[] }
  | { readonly tensor: { readonly dtype: DataType; readonly shape: Shape; readonly bytes: Uint8Array } }
export type Attributes = Readonly<Record<string, Attribute>>

export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly attributes: Attributes
}

/** The output of a node: what it is called (`name:port`), its type and shape. */
export interface Value {
  readonly ref: string
  readonly dtype: DataType
  readonly shape: Shape
}

export interface Signature {
  readonly inputs: Readonly<Record<string, Value>>
  readonly outputs: Readonly<Record<string, Value>>
}

export class Graph {
  readonly nodes: GraphNode[] = []
  private readonly names = new Map<string, number>()
  private readonly constants = new Map<string, Value>()

  /** Adds a node and returns the name it got (made unique by a number). */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, wanted = op): string {
    const count = this.names.get(wanted) ?? 0
    this.names.set(wanted, count + 1)
    const name = count === 0 ? wanted : `${wanted}_${count}`
    this.nodes.push({ name, op, inputs, attributes })
    return name
  }

  placeholder(name: string, dtype: DataType, shape: Shape): Value {
    return { ref: `${this.node('Placeholder', [], { dtype: { type: dtype }, shape: { shape } }, name)}:0`, dtype, shape }
  }

  constant(dtype: 'float32' | 'int32', values: readonly number[] | Float32Array, shape: Shape = [values.length], name = 'constant'): Value {
    const array = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)
    const key = array.length <= 8 && name === 'constant' ? `${dtype}/${shape.join()}/${array.join()}` : null
    const known = key && this.constants.get(key)
    if (known) return known
    const tensor = { dtype, shape, bytes: new Uint8Array(array.buffer) }
    const value = { ref: `${this.node('Const', [], { dtype: { type: dtype }, value: { tensor } }, name)}:0`, dtype, shape }
    if (key) this.constants.set(key, value)
    return value
  }

  scalar(value: number, dtype: 'float32' | 'int32' = 'float32') {
    return this.constant(dtype, [value], [])
  }

  /** An output that exists only once all of these nodes have run. */
  after(nodes: readonly string[], value: Value, name: string): Value {
    const inputs = [value.ref, ...nodes.map(node => `^${node}`)]
    return { ...value, ref: `${this.node('Identity', inputs, { T: { type: value.dtype } }, name)}:0` }
  }
}
