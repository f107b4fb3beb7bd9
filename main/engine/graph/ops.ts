// The few operations a ResNet is made of, each with its gradient beside it. Activations are NHWC.
// Stride-2 windows are padded by hand and run VALID: TensorFlow's SAME pads unevenly there, unlike
// the frameworks that published weights come from, and explicit padding has slow gradients.
import type { DataType, Shape, Value } from './graph'
import type { Tape } from './tape'

const int32 = { type: 'int32' } as const
const nhwc = { data_format: { s: 'NHWC' } } as const
const scalar = { dtype: 'float32', shape: [] } as const

/** Pads height and width by `by` zeros on each side. */
function padSides(tape: Tape, x: Value, by: number): Value {
  if (by === 0) return x
  const [batch, height, width, channels] = x.shape
  const output = [batch!, height! + 2 * by, width! + 2 * by, channels!]
  return pad(tape, x, { before: [0, by, by, 0], output })
}

function pad(
  tape: Tape,
  x: Value,
  { before, output }: { before: readonly number[]; output: Shape },
): Value {
  const { graph } = tape
  const pads = before.flatMap((size, i) => [size, i === 0 ? 0 : output[i]! - x.shape[i]! - size])
  const zero = cast(tape, graph.scalar(0), x.dtype)
  return tape.record({
    output: tape.op('PadV2', [x, graph.constant('int32', pads, [4, 2]), zero], {
      dtype: x.dtype,
      shape: output,
      attributes: { Tpaddings: int32 },
    }),
    inputs: [x],
    backward: (gradient) => {
      const size = graph.constant('int32', [-1, ...x.shape.slice(1)])
      const inputs = [gradient, graph.constant('int32', before), size]
      return [tape.op('Slice', inputs, { ...x, attributes: { Index: int32 } })]
    },
  })
}

export function cast(tape: Tape, x: Value, dtype: DataType): Value {
  if (x.dtype === dtype) return x
  return tape.record({
    output: convert(tape, x, dtype),
    inputs: [x],
    backward: (gradient) => [convert(tape, gradient, x.dtype)],
  })
}

/** The same numbers in another type; no gradient. */
export function convert({ graph }: Tape, x: Value, dtype: DataType): Value {
  const node = graph.node('Cast', [x.ref], { SrcT: { type: x.dtype }, DstT: { type: dtype } })
  return { ref: `${node}:0`, dtype, shape: x.shape }
}

/** `filter` is [kernel, kernel, input, output] (HWIO). */
export function convolution(
  tape: Tape,
  x: Value,
  { filter, stride }: { filter: Value; stride: number },
): Value {
  const [kernel, , , channels] = filter.shape
  const input = stride === 1 ? x : padSides(tape, x, (kernel! - 1) / 2)
  const padding = stride === 1 ? 'SAME' : 'VALID'
  const shape = stride === 1 ? [...x.shape] : windows(input, { kernel: kernel!, stride })
  const strides = { ints: [1, stride, stride, 1] }
  const attributes = { T: { type: x.dtype }, ...nhwc, strides, padding: { s: padding } }
  return tape.record({
    output: tape.op('Conv2D', [input, filter], {
      dtype: x.dtype,
      shape: [...shape.slice(0, 3), channels!],
      attributes,
    }),
    inputs: [input, filter],
    backward: (gradient, [ofInput, ofFilter]) => {
      const filterShape = tape.graph.constant('int32', filter.shape)
      const back = (op: string, inputs: readonly Value[], of: Value) =>
        tape.op(op, inputs, { dtype: of.dtype, shape: of.shape, attributes })
      return [
        ofInput
          ? back('Conv2DBackpropInput', [shapeOf(tape, input), filter, gradient], input)
          : null,
        ofFilter ? back('Conv2DBackpropFilter', [input, filterShape, gradient], filter) : null,
      ]
    },
  })
}

/** Shape of one value a window of `kernel`, none of them beyond the edge. */
function windows({ shape }: Value, { kernel, stride }: { kernel: number; stride: number }) {
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
 *  answers the batch's statistics (variance unbiased, as PyTorch keeps it). */
export function batchNorm(
  tape: Tape,
  x: Value,
  { scale, offset, mean, variance, epsilon, batch }: Norm,
) {
  const { graph } = tape
  const attributes = {
    T: { type: x.dtype },
    U: { type: 'float32' },
    ...nhwc,
    epsilon: { f: epsilon },
    is_training: { b: batch },
  } as const
  const refs = (values: readonly Value[]) => values.map(({ ref }) => ref)
  const empty = graph.constant('float32', [], [0])
  const node = graph.node(
    'FusedBatchNormV3',
    refs([x, scale, offset, ...(batch ? [empty, empty] : [mean, variance])]),
    { ...attributes, exponential_avg_factor: { f: 1 } },
  )
  const port = (i: number): Value => ({ ...scale, ref: `${node}:${i}` })
  const output = tape.record({
    output: { ...x, ref: `${node}:0` },
    inputs: [x, scale, offset],
    backward: (gradient) => {
      const kept = batch ? [port(3), port(4)] : [mean, variance]
      const inputs = refs([gradient, x, scale, ...kept, port(5)])
      const back = graph.node('FusedBatchNormGradV3', inputs, attributes)
      return [x, scale, offset].map((value, i) => ({ ...value, ref: `${back}:${i}` }))
    },
  })
  return { output, batchMean: port(1), batchVariance: port(2) }
}

export function relu(tape: Tape, x: Value): Value {
  const output = tape.op('Relu', [x], x)
  return tape.record({
    output,
    inputs: [x],
    backward: (gradient) => [tape.op('ReluGrad', [gradient, output], x)],
  })
}

/** Padded with zeros: after a ReLU that changes no maximum, elsewhere it is what Keras does. */
export function maxPool(
  tape: Tape,
  x: Value,
  { kernel, stride }: { kernel: number; stride: number },
): Value {
  const input = padSides(tape, x, (kernel - 1) / 2)
  const attributes = {
    ...nhwc,
    ksize: { ints: [1, kernel, kernel, 1] },
    strides: { ints: [1, stride, stride, 1] },
    padding: { s: 'VALID' },
  }
  const shape = windows(input, { kernel, stride })
  const output = tape.op('MaxPool', [input], { dtype: x.dtype, shape, attributes })
  return tape.record({
    output,
    inputs: [input],
    backward: (gradient) => [
      tape.op('MaxPoolGrad', [input, output, gradient], { ...input, attributes }),
    ],
  })
}

/** Option A of He et al. 2015: every stride-th pixel, new channels zero on both sides. */
export function paddingShortcut(
  tape: Tape,
  x: Value,
  { stride, channels }: { stride: number; channels: number },
): Value {
  const picked = maxPool(tape, x, { kernel: 1, stride })
  const before = [0, 0, 0, (channels - x.shape[3]!) / 2]
  return pad(tape, picked, { before, output: [...picked.shape.slice(0, 3), channels] })
}

export function add(tape: Tape, a: Value, b: Value): Value {
  return tape.record({
    output: tape.op('AddV2', [a, b], a),
    inputs: [a, b],
    backward: (gradient) => [gradient, gradient],
  })
}

/** One bias a channel, last axis. */
export function addBias(tape: Tape, x: Value, bias: Value): Value {
  return tape.record({
    output: tape.op('BiasAdd', [x, bias], { ...x, attributes: nhwc }),
    inputs: [x, bias],
    backward: (gradient) => [
      gradient,
      tape.op('BiasAddGrad', [gradient], { ...bias, attributes: nhwc }),
    ],
  })
}

/** Mean over height and width in float32, kept as [batch, 1, 1, channels]. */
export function globalAveragePool(tape: Tape, x: Value): Value {
  const { graph } = tape
  const input = cast(tape, x, 'float32')
  const [batch, height, width, channels] = input.shape
  return tape.record({
    output: tape.op('Mean', [input, graph.constant('int32', [1, 2])], {
      dtype: 'float32',
      shape: [batch!, 1, 1, channels!],
      attributes: { Tidx: int32, keep_dims: { b: true } },
    }),
    inputs: [input],
    backward: (gradient) => {
      const share = multiply(tape, gradient, graph.scalar(1 / (height! * width!)))
      const inputs = [share, shapeOf(tape, input)]
      return [tape.op('BroadcastTo', inputs, { ...input, attributes: { Tidx: int32 } })]
    },
  })
}

/** [batch, 1, 1, channels] to [batch, channels]. */
export function flatten(tape: Tape, x: Value): Value {
  const channels = x.shape[x.shape.length - 1]!
  return tape.record({
    output: reshape(tape, x, [-1, channels]),
    inputs: [x],
    backward: (gradient) => [reshape(tape, gradient, [-1, 1, 1, channels])],
  })
}

/** No gradient. */
export const reshape = (tape: Tape, x: Value, shape: Shape) =>
  tape.op('Reshape', [x, tape.graph.constant('int32', shape)], {
    dtype: x.dtype,
    shape,
    attributes: { Tshape: int32 },
  })

/** x [batch, input] times weight [input, output]. */
export function matMul(tape: Tape, x: Value, weight: Value): Value {
  const product = (inputs: readonly Value[], shape: Shape, transposed: 'a' | 'b' | null = null) =>
    tape.op('MatMul', inputs, {
      dtype: x.dtype,
      shape,
      attributes: {
        transpose_a: { b: transposed === 'a' },
        transpose_b: { b: transposed === 'b' },
      },
    })
  return tape.record({
    output: product([x, weight], [x.shape[0]!, weight.shape[1]!]),
    inputs: [x, weight],
    backward: (gradient, [ofInput, ofWeight]) => [
      ofInput ? product([gradient, weight], x.shape, 'b') : null,
      ofWeight ? product([x, gradient], weight.shape, 'a') : null,
    ],
  })
}

/** Mean over the batch of weights [batch] times the cross-entropy of logits [batch, classes] against
 *  targets [batch, classes], whose rows add up to 1 (Szegedy et al. 2016, section 7). */
export function crossEntropy(
  tape: Tape,
  logits: Value,
  { targets, weights }: { targets: Value; weights: Value },
): Value {
  const node = tape.graph.node('SoftmaxCrossEntropyWithLogits', [logits.ref, targets.ref], {
    T: { type: 'float32' },
  })
  const slope: Value = { ...logits, ref: `${node}:1` }
  return tape.record({
    output: reduce(tape, 'Mean', multiply(tape, weights, { ...weights, ref: `${node}:0` })),
    inputs: [logits],
    backward: (gradient) => {
      const size = { dtype: 'int32', shape: [], attributes: { out_type: int32 } } as const
      const count = convert(tape, tape.op('Size', [weights], size), 'float32')
      const share = multiply(tape, weights, tape.op('RealDiv', [gradient, count], scalar))
      return [multiply(tape, slope, reshape(tape, share, [-1, 1]))]
    },
  })
}

/** How many rows of `logits` are largest at their label; no gradient. */
export function countCorrect(tape: Tape, logits: Value, labels: Value): Value {
  const best = tape.op('ArgMax', [logits, tape.graph.scalar(1, 'int32')], {
    dtype: 'int32',
    shape: [-1],
    attributes: { Tidx: int32, output_type: int32 },
  })
  const equal = tape.op('Equal', [best, labels], {
    dtype: 'bool',
    shape: [-1],
    attributes: { incompatible_shape_error: { b: true } },
  })
  return reduce(tape, 'Sum', convert(tape, equal, 'float32'))
}

/** Of `a`'s shape: `b` may be spread over it. No gradients, as of all below. */
export const multiply = (tape: Tape, a: Value, b: Value) => tape.op('Mul', [a, b], a)
export const subtract = (tape: Tape, a: Value, b: Value) => tape.op('Sub', [a, b], a)
export const sum = (tape: Tape, a: Value, b: Value) => tape.op('AddV2', [a, b], a)
/** `count` columns of x [batch, columns]. */
export const columns = (tape: Tape, x: Value, [from, count]: readonly [number, number]) =>
  tape.op(
    'Slice',
    [x, tape.graph.constant('int32', [0, from]), tape.graph.constant('int32', [-1, count])],
    { dtype: x.dtype, shape: [-1, count], attributes: { Index: int32 } },
  )
/** One number from a vector. */
const reduce = (tape: Tape, op: 'Mean' | 'Sum', x: Value) =>
  tape.op(op, [x, tape.graph.constant('int32', [0])], {
    ...scalar,
    attributes: { Tidx: int32, keep_dims: { b: false } },
  })
const shapeOf = (tape: Tape, x: Value) =>
  tape.op('Shape', [x], {
    dtype: 'int32',
    shape: [x.shape.length],
    attributes: { out_type: int32 },
  })
