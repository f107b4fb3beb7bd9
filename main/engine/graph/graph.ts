// A TensorFlow graph being written: nodes with attributes, in the words of graph.proto. Nothing here
// runs; savedModel.ts encodes it and session.ts runs it.

export type DataType = 'float32' | 'bfloat16' | 'int32' | 'uint8' | 'bool' | 'resource'
/** Numbers of types.proto. */
export const dataTypes: Readonly<Record<DataType, number>> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  bool: 10,
  bfloat16: 14,
  resource: 20,
}

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
  | { readonly tensor: TensorContent }
interface TensorContent {
  readonly dtype: DataType
  readonly shape: Shape
  readonly bytes: Uint8Array
}
export type Attributes = Readonly<Record<string, Attribute>>

/** A node's attributes, and what it should be called. */
type NodeOptions = Readonly<Record<string, Attribute | string>> & { readonly name?: string }

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

  /** Adds a node and returns the name it got: its op's, or its `name` attribute's, made unique. */
  node(
    op: string,
    inputs: readonly string[],
    { name: wanted = op, ...attributes }: NodeOptions = {},
  ): string {
    const count = this.names.get(wanted) ?? 0
    this.names.set(wanted, count + 1)
    const name = count === 0 ? wanted : `${wanted}_${count}`
    this.nodes.push({ name, op, inputs, attributes: attributes as Attributes })
    return name
  }

  placeholder(name: string, dtype: DataType, shape: Shape): Value {
    return {
      ref: `${this.node('Placeholder', [], { dtype: { type: dtype }, shape: { shape }, name })}:0`,
      dtype,
      shape,
    }
  }

  /** A small constant; the same values share one node. */
  constant(
    dtype: 'float32' | 'int32',
    values: readonly number[],
    shape: Shape = [values.length],
  ): Value {
    const key = `${dtype}/${shape.join()}/${values.join()}`
    const known = this.constants.get(key)
    if (known) return known
    const array = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)
    const value = this.hold('constant', { dtype, shape, bytes: new Uint8Array(array.buffer) })
    this.constants.set(key, value)
    return value
  }

  /** A named float32 constant of any size. */
  array(name: string, data: Float32Array, shape: Shape): Value {
    return this.hold(name, {
      dtype: 'float32',
      shape,
      bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })
  }

  private hold(name: string, tensor: TensorContent): Value {
    const node = this.node('Const', [], { dtype: { type: tensor.dtype }, value: { tensor }, name })
    return { ref: `${node}:0`, dtype: tensor.dtype, shape: tensor.shape }
  }

  scalar(value: number, dtype: 'float32' | 'int32' = 'float32') {
    return this.constant(dtype, [value], [])
  }

  /** An output that exists only once all of these nodes have run. */
  after(nodes: readonly string[], value: Value, name: string): Value {
    const inputs = [value.ref, ...nodes.map((node) => `^${node}`)]
    return {
      ...value,
      ref: `${this.node('Identity', inputs, { T: { type: value.dtype }, name })}:0`,
    }
  }
}
