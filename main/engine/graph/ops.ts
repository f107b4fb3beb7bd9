// The few operations a ResNet is made of, each beside its gradient; those that take a Graph, not
// a Tape, have none. Activations are NHWC. Stride-2 windows are padded by hand and run VALID: TensorFlow's
// SAME pads unevenly there, unlike the frameworks that published weights come from, and explicit
// padding has slow gradients.
import type { View } from '../network/layers'
import type { DataType, Graph, Shape, Value } from './graph'
import type { Tape } from './tape'

const int32 = { type: 'int32' } as const
const nhwc = { data_format: { s: 'NHWC' } } as const
const scalar = { dtype: 'float32', shape: [] } as const

/** `by[i]` zeros at both ends of axis i. */
function pad(tape: Tape, x: Value, by: readonly number[]): Value {
  if (by.every((size) => size === 0)) return x
  const ends = by.flatMap((size) => [size, size])
  const inputs = [x, tape.constant('int32', ends, [4, 2]), cast(tape, tape.scalar(0), x.dtype)]
  const shape = x.shape.map((side, i) => side + 2 * by[i]!)
  const attributes = { Tpaddings: int32 }
  const output = tape.op('PadV2', inputs, { dtype: x.dtype, shape, attributes })
  return tape.record(output, [x], (gradient) => {
    const size = tape.constant('int32', [-1, ...x.shape.slice(1)])
    const from = tape.constant('int32', by)
    return [tape.op('Slice', [gradient, from, size], { ...x, attributes: { Index: int32 } })]
  })
}

export function cast(tape: Tape, x: Value, dtype: DataType): Value {
  if (x.dtype === dtype) return x
  return tape.record(convert(tape, x, dtype), [x], (gradient) => [convert(tape, gradient, x.dtype)])
}

/** The same numbers in another type. */
export function convert(graph: Graph, x: Value, dtype: DataType): Value {
  const node = graph.node('Cast', [x], { SrcT: { type: x.dtype }, DstT: { type: dtype } })
  return { ref: `${node}:0`, dtype, shape: x.shape }
}

/** `filter` is [kernel, kernel, input, output] (HWIO). */
export function convolution(
  tape: Tape,
  x: Value,
  { filter, stride }: { filter: Value; stride: number },
): Value {
  const { dtype } = x
  const [kernel, , , channels] = filter.shape
  const input = stride === 1 ? x : padSides(tape, x, kernel!)
  const sides = stride === 1 ? x.shape : windows(input, { kernel: kernel!, stride })
  const attributes = {
    T: { type: dtype },
    ...nhwc,
    strides: { ints: [1, stride, stride, 1] },
    padding: { s: stride === 1 ? 'SAME' : 'VALID' },
  }
  const shape = [...sides.slice(0, 3), channels!]
  const output = tape.op('Conv2D', [input, filter], { dtype, shape, attributes })
  return tape.record(output, [input, filter], (gradient, [ofInput, ofFilter]) => {
    const back = (op: string, inputs: readonly Value[], of: Value) =>
      tape.op(op, inputs, { ...of, attributes })
    const filterShape = tape.constant('int32', filter.shape)
    return [
      ofInput ? back('Conv2DBackpropInput', [shapeOf(tape, input), filter, gradient], input) : null,
      ofFilter ? back('Conv2DBackpropFilter', [input, filterShape, gradient], filter) : null,
    ]
  })
}

/** Padding that centres a window of size `kernel` on every pixel. */
const padSides = (tape: Tape, x: Value, kernel: number) =>
  pad(tape, x, [0, (kernel - 1) / 2, (kernel - 1) / 2, 0])

interface Window {
  readonly kernel: number
  readonly stride: number
}
/** Output shape of windows without padding (VALID). */
function windows({ shape }: Value, { kernel, stride }: Window): Shape {
  const side = (length: number) => Math.floor((length - kernel) / stride) + 1
  return [shape[0]!, side(shape[1]!), side(shape[2]!), shape[3]!]
}

export interface Norm {
  readonly scale: Value
  readonly offset: Value
  readonly mean: Value
  readonly variance: Value
  readonly epsilon: number
  /** Use the batch's own statistics instead of those given. */
  readonly batch: boolean
}
/** Batch normalisation (Ioffe and Szegedy 2015) with float32 statistics. With `batch` it also
 *  returns the batch's statistics (variance unbiased, as PyTorch keeps it). */
export function batchNorm(
  tape: Tape,
  x: Value,
  { scale, offset, mean, variance, epsilon, batch }: Norm,
) {
  const attributes = {
    T: { type: x.dtype },
    U: { type: 'float32' },
    ...nhwc,
    epsilon: { f: epsilon },
    is_training: { b: batch },
  } as const
  const empty = tape.constant('float32', [], [0])
  const node = tape.node(
    'FusedBatchNormV3',
    [x, scale, offset, ...(batch ? [empty, empty] : [mean, variance])],
    { ...attributes, exponential_avg_factor: { f: 1 } },
  )
  const port = (i: number): Value => ({ ...scale, ref: `${node}:${i}` })
  const output = tape.record({ ...x, ref: `${node}:0` }, [x, scale, offset], (gradient) => {
    const kept = batch ? [port(3), port(4)] : [mean, variance]
    const inputs = [gradient, x, scale, ...kept, port(5)]
    const back = tape.node('FusedBatchNormGradV3', inputs, attributes)
    return [x, scale, offset].map((value, i) => ({ ...value, ref: `${back}:${i}` }))
  })
  return { output, batchMean: port(1), batchVariance: port(2) }
}

export function relu(tape: Tape, x: Value): Value {
  const output = tape.op('Relu', [x], x)
  return tape.record(output, [x], (gradient) => [tape.op('ReluGrad', [gradient, output], x)])
}

/** Padded with zeros: after a ReLU that changes no maximum, elsewhere it is what Keras does. */
export function maxPool(tape: Tape, x: Value, { kernel, stride }: Window): Value {
  const input = padSides(tape, x, kernel)
  const attributes = {
    ...nhwc,
    ksize: { ints: [1, kernel, kernel, 1] },
    strides: { ints: [1, stride, stride, 1] },
    padding: { s: 'VALID' },
  }
  const shape = windows(input, { kernel, stride })
  const output = tape.op('MaxPool', [input], { dtype: x.dtype, shape, attributes })
  return tape.record(output, [input], (gradient) => [
    tape.op('MaxPoolGrad', [input, output, gradient], { ...input, attributes }),
  ])
}

/** Option A of He et al. 2015: every stride-th pixel, new channels zero on both sides. */
export function paddingShortcut(
  tape: Tape,
  x: Value,
  { stride, channels }: { stride: number; channels: number },
): Value {
  const picked = maxPool(tape, x, { kernel: 1, stride })
  return pad(tape, picked, [0, 0, 0, (channels - x.shape[3]!) / 2])
}

export function add(tape: Tape, a: Value, b: Value): Value {
  return tape.record(sum(tape, a, b), [a, b], (gradient) => [gradient, gradient])
}

/** One bias a channel, last axis. */
export function addBias(tape: Tape, x: Value, bias: Value): Value {
  const output = tape.op('BiasAdd', [x, bias], { ...x, attributes: nhwc })
  return tape.record(output, [x, bias], (gradient) => [
    gradient,
    tape.op('BiasAddGrad', [gradient], { ...bias, attributes: nhwc }),
  ])
}

/** Mean over height and width in float32, kept as [batch, 1, 1, channels]. */
export function globalAveragePool(tape: Tape, x: Value): Value {
  const input = cast(tape, x, 'float32')
  const [batch, height, width, channels] = input.shape
  const output = tape.op('Mean', [input, tape.constant('int32', [1, 2])], {
    dtype: 'float32',
    shape: [batch!, 1, 1, channels!],
    attributes: { Tidx: int32, keep_dims: { b: true } },
  })
  return tape.record(output, [input], (gradient) => {
    const share = multiply(tape, gradient, tape.scalar(1 / (height! * width!)))
    const attributes = { Tidx: int32 }
    return [tape.op('BroadcastTo', [share, shapeOf(tape, input)], { ...input, attributes })]
  })
}

/** [batch, 1, 1, channels] to [batch, channels]. */
export function flatten(tape: Tape, x: Value): Value {
  const channels = x.shape[x.shape.length - 1]!
  return tape.record(reshape(tape, x, [-1, channels]), [x], (gradient) => [
    reshape(tape, gradient, [-1, 1, 1, channels]),
  ])
}

/** Squares [batch, side, side, channels] as [views x batch, side / 2, side / 2, channels]: all pictures in
 *  the first view, then all in the next. Has no gradient: it stands before all that trains. */
export function splitViews(graph: Graph, x: Value, views: readonly View[]): Value {
  const [, side, , channels] = x.shape
  const half = side! / 2
  const result = { dtype: x.dtype, shape: [-1, half, half, channels!] }
  const seen = views.map((view) => {
    if (view === 'whole') {
      const window = { ints: [1, 2, 2, 1] }
      const attributes = { ...nhwc, ksize: window, strides: window, padding: { s: 'VALID' } }
      return graph.op('AvgPool', [x], { ...result, attributes })
    }
    const from = graph.constant('int32', [0, half / 2, half / 2, 0])
    const size = graph.constant('int32', [-1, half, half, -1])
    return graph.op('Slice', [x, from, size], { ...result, attributes: { Index: int32 } })
  })
  return seen.length === 1 ? seen[0]! : concatenate(graph, seen, { axis: 0, shape: result.shape })
}

/** [views x batch, 1, 1, channels] as [batch, 1, 1, views x channels]. */
export function joinViews(tape: Tape, x: Value, views: number): Value {
  const channels = x.shape[3]!
  const shape = [-1, 1, 1, channels * views]
  const parts = split(tape, x, { axis: 0, count: views, shape: x.shape })
  const output = concatenate(tape, parts, { axis: 3, shape })
  return tape.record(output, [x], (gradient) => {
    const of = split(tape, gradient, { axis: 3, count: views, shape: x.shape })
    return [concatenate(tape, of, { axis: 0, shape: x.shape })]
  })
}

interface Along {
  readonly axis: number
  /** Of the result. */
  readonly shape: Shape
}

function concatenate(graph: Graph, parts: readonly Value[], { axis, shape }: Along): Value {
  const attributes = { N: { i: parts.length }, Tidx: int32 }
  const inputs = [...parts, graph.scalar(axis, 'int32')]
  return graph.op('ConcatV2', inputs, { dtype: parts[0]!.dtype, shape, attributes })
}

function split(graph: Graph, x: Value, { axis, count, shape }: Along & { count: number }): Value[] {
  const attributes = { T: { type: x.dtype }, num_split: { i: count } }
  const node = graph.node('Split', [graph.scalar(axis, 'int32'), x], attributes)
  return Array.from({ length: count }, (_, i) => ({
    ref: `${node}:${i}`,
    dtype: x.dtype,
    shape,
  }))
}

/** x [batch, input] times weight [input, output]. */
export function matMul(tape: Tape, x: Value, weight: Value): Value {
  const product = (inputs: readonly Value[], shape: Shape, transposed: 'a' | 'b' | null = null) => {
    const [a, b] = [transposed === 'a', transposed === 'b']
    const attributes = { transpose_a: { b: a }, transpose_b: { b } }
    return tape.op('MatMul', inputs, { dtype: x.dtype, shape, attributes })
  }
  const output = product([x, weight], [x.shape[0]!, weight.shape[1]!])
  return tape.record(output, [x, weight], (gradient, [ofInput, ofWeight]) => [
    ofInput ? product([gradient, weight], x.shape, 'b') : null,
    ofWeight ? product([x, gradient], weight.shape, 'a') : null,
  ])
}

/** Mean over the batch of weights [batch] times the cross-entropy of logits [batch, classes] against
 *  targets [batch, classes], whose rows add up to 1 (Szegedy et al. 2016, section 7). */
export function crossEntropy(
  tape: Tape,
  logits: Value,
  { targets, weights }: { targets: Value; weights: Value },
): Value {
  const types = { T: { type: 'float32' } } as const
  const node = tape.node('SoftmaxCrossEntropyWithLogits', [logits, targets], types)
  const weighted = multiply(tape, weights, { ...weights, ref: `${node}:0` })
  return tape.record(reduce(tape, 'Mean', weighted), [logits], (gradient) => {
    const size = { dtype: 'int32', shape: [], attributes: { out_type: int32 } } as const
    const count = convert(tape, tape.op('Size', [weights], size), 'float32')
    const share = multiply(tape, weights, tape.op('RealDiv', [gradient, count], scalar))
    return [multiply(tape, { ...logits, ref: `${node}:1` }, reshape(tape, share, [-1, 1]))]
  })
}

/** How many rows of `logits` are largest at their label. */
export function countCorrect(graph: Graph, logits: Value, labels: Value): Value {
  const types = { Tidx: int32, output_type: int32 }
  const axis = graph.scalar(1, 'int32')
  const best = graph.op('ArgMax', [logits, axis], { ...labels, attributes: types })
  const attributes = { incompatible_shape_error: { b: true } }
  const equal = graph.op('Equal', [best, labels], { dtype: 'bool', shape: [-1], attributes })
  return reduce(graph, 'Sum', convert(graph, equal, 'float32'))
}

/** Element-wise with the shape of `a`, as the two below; `b` is broadcast. */
export const multiply = (graph: Graph, a: Value, b: Value) => graph.op('Mul', [a, b], a)
export const subtract = (graph: Graph, a: Value, b: Value) => graph.op('Sub', [a, b], a)
export const sum = (graph: Graph, a: Value, b: Value) => graph.op('AddV2', [a, b], a)

export function reshape(graph: Graph, x: Value, shape: Shape): Value {
  const attributes = { Tshape: int32 }
  const inputs = [x, graph.constant('int32', shape)]
  return graph.op('Reshape', inputs, { dtype: x.dtype, shape, attributes })
}

/** `count` columns of x [batch, columns]. */
export function columns(graph: Graph, x: Value, [from, count]: readonly [number, number]): Value {
  const ranges = [graph.constant('int32', [0, from]), graph.constant('int32', [-1, count])]
  const result = { dtype: x.dtype, shape: [-1, count], attributes: { Index: int32 } }
  return graph.op('Slice', [x, ...ranges], result)
}

/** One number from a vector. */
const reduce = (graph: Graph, op: 'Mean' | 'Sum', x: Value) =>
  graph.op(op, [x, graph.constant('int32', [0])], {
    ...scalar,
    attributes: { Tidx: int32, keep_dims: { b: false } },
  })

function shapeOf(graph: Graph, x: Value): Value {
  const attributes = { out_type: int32 }
  return graph.op('Shape', [x], { dtype: 'int32', shape: [x.shape.length], attributes })
}
