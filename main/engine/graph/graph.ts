// A TensorFlow graph being written: nodes with attributes, named as in graph.proto. Nothing here
// runs; savedModel.ts encodes it and session.ts runs it.

export type DataType = 'float32' | 'bfloat16' | 'int32' | 'uint8' | 'bool' | 'resource'
/** -1 is a size known only at run time (the batch). */
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

export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly attributes: Attributes
}

/** The output of a node: its name (`name:port`), type and shape. */
export interface Value {
  readonly ref: string
  readonly dtype: DataType
  readonly shape: Shape
}

export interface Signature {
  readonly inputs: Readonly<Record<string, Value>>
  readonly outputs: Readonly<Record<string, Value>>
}

/** An output of a node, or its `name:port`; `^name` is a node that must have run before. */
type Input = Value | string
/** An op's outputs and its attributes besides `T`. A value alone means: same type and shape. */
type Result = Pick<Value, 'dtype' | 'shape'> & { readonly attributes?: Attributes }

type NodeOptions = { readonly name?: string } & Readonly<Record<string, Attribute | string>>

export class Graph {
  readonly nodes: GraphNode[] = []
  private readonly names = new Map<string, number>()
  private readonly constants = new Map<string, Value>()

  /** Adds a node and returns the name it got: `wanted`, made unique. */
  node(
    op: string,
    inputs: readonly Input[],
    { name: wanted = op, ...attributes }: NodeOptions = {},
  ): string {
    const count = this.names.get(wanted) ?? 0
    this.names.set(wanted, count + 1)
    const name = count === 0 ? wanted : `${wanted}_${count}`
    const refs = inputs.map((input) => (typeof input === 'string' ? input : input.ref))
    this.nodes.push({ name, op, inputs: refs, attributes: attributes as Attributes })
    return name
  }

  /** Adds a node whose type `T` is its first input's, and returns its first output. */
  op(name: string, inputs: readonly Value[], { dtype, shape, attributes }: Result): Value {
    const node = this.node(name, inputs, { T: { type: inputs[0]!.dtype }, ...attributes })
    return { ref: `${node}:0`, dtype, shape }
  }

  placeholder(name: string, dtype: DataType, shape: Shape): Value {
    const node = this.node('Placeholder', [], { dtype: { type: dtype }, shape: { shape }, name })
    return { ref: `${node}:0`, dtype, shape }
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

  scalar(value: number, dtype: 'float32' | 'int32' = 'float32') {
    return this.constant(dtype, [value], [])
  }

  /** A named float32 constant of any size. */
  array(name: string, { buffer, byteOffset, byteLength }: Float32Array, shape: Shape): Value {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength)
    return this.hold(name, { dtype: 'float32', shape, bytes })
  }

  private hold(name: string, tensor: TensorContent): Value {
    const { dtype, shape } = tensor
    const node = this.node('Const', [], { dtype: { type: dtype }, value: { tensor }, name })
    return { ref: `${node}:0`, dtype, shape }
  }

  /** An output that exists only once all of these nodes have run. */
  after(nodes: readonly string[], value: Value, name: string): Value {
    const inputs = [value, ...nodes.map((node) => `^${node}`)]
    const node = this.node('Identity', inputs, { T: { type: value.dtype }, name })
    return { ...value, ref: `${node}:0` }
  }
}
