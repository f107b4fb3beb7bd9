// The few operations a ResNet is made of, each with its gradient beside it. Activations are NHWC.
// Stride-2 windows are padded by hand and run VALID: TensorFlow's SAME pads unevenly there, unlike
// the frameworks that published weights come from, and explicit padding has slow gradients.
import type { DataType, Shape, Value } from './graph'
import type { Tape } from './tape'

const typed = (dtype: DataType) => ({ T: { type: dtype } as const })
const nhwc = { data_format: { s: 'NHWC' } } as const

/** Pads height and width by `by` zeros on each side; the gradient cuts them off again. */
function padSides(tape: Tape, x: Value, by: number): Value {
  if (by === 0) return x
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  return pad(tape, x, {
    before: [0, by, by, 0],
    output: [batch, height + 2 * by, width + 2 * by, channels],
  })
}

function pad(
  tape: Tape,
  x: Value,
  { before, output }: { before: readonly number[]; output: Shape },
): Value {
  const { graph } = tape
  const pads = before.flatMap((size, i) => [size, i === 0 ? 0 : output[i]! - x.shape[i]! - size])
  const zero = cast(tape, graph.scalar(0), x.dtype)
  const padded = tape.op('PadV2', [x, graph.constant('int32', pads, [4, 2]), zero], {
    attributes: { ...typed(x.dtype), Tpaddings: { type: 'int32' } },
    dtype: x.dtype,
    shape: output,
  })
  return tape.record({
    output: padded,
    inputs: [x],
    backward: (gradient) => [
      tape.op(
        'Slice',
        [
          gradient,
          graph.constant('int32', before),
          graph.constant('int32', [-1, ...x.shape.slice(1)]),
        ],
        {
          attributes: { ...typed(x.dtype), Index: { type: 'int32' } },
          dtype: x.dtype,
          shape: x.shape,
        },
      ),
    ],
  })
}

export function cast(tape: Tape, x: Value, dtype: DataType): Value {
  if (x.dtype === dtype) return x
  const to = (value: Value, target: DataType) =>
    tape.op('Cast', [value], {
      attributes: { SrcT: { type: value.dtype }, DstT: { type: target } },
      dtype: target,
      shape: value.shape,
    })
  return tape.record({
    output: to(x, dtype),
    inputs: [x],
    backward: (gradient) => [to(gradient, x.dtype)],
  })
}

/** `filter` is [kernel, kernel, input, output] (HWIO). */
export function convolution(
  tape: Tape,
  x: Value,
  { filter, stride }: { filter: Value; stride: number },
): Value {
  const [kernel, , , channels] = filter.shape as [number, number, number, number]
  const same = stride === 1
  const input = same ? x : padSides(tape, x, (kernel - 1) / 2)
  const attributes = {
    ...typed(x.dtype),
    ...nhwc,
    strides: { ints: [1, stride, stride, 1] },
    padding: { s: same ? 'SAME' : 'VALID' },
  }
  const side = (length: number) => (same ? length : Math.floor((length - kernel) / stride) + 1)
  const shape = [x.shape[0]!, side(input.shape[1]!), side(input.shape[2]!), channels]
  return tape.record({
    output: tape.op('Conv2D', [input, filter], { attributes, dtype: x.dtype, shape }),
    inputs: [input, filter],
    backward: (gradient, [input_, filter_]) => [
      input_
        ? tape.op('Conv2DBackpropInput', [shapeOf(tape, input), filter, gradient], {
            attributes,
            dtype: x.dtype,
            shape: input.shape,
          })
        : null,
      filter_
        ? tape.op(
            'Conv2DBackpropFilter',
            [input, tape.graph.constant('int32', filter.shape), gradient],
            { attributes, dtype: x.dtype, shape: filter.shape },
          )
        : null,
    ],
  })
}

export interface NormStatistics {
  readonly scale: Value
  readonly offset: Value
  readonly mean: Value
  readonly variance: Value
  readonly epsilon: number
}
/** Batch normalisation (Ioffe and Szegedy 2015) with float32 statistics. With `batch` it uses the
 *  batch's own and also answers them (variance unbiased, as PyTorch keeps it); else the given ones. */
export function batchNorm(
  tape: Tape,
  x: Value,
  { scale, offset, mean, variance, epsilon, batch }: NormStatistics & { batch: boolean },
) {
  const { graph } = tape
  const attributes = {
    ...typed(x.dtype),
    U: { type: 'float32' as const },
    ...nhwc,
    epsilon: { f: epsilon },
    is_training: { b: batch },
  }
  const empty = graph.constant('float32', [], [0])
  const inputs = [x, scale, offset, ...(batch ? [empty, empty] : [mean, variance])]
  const node = graph.node(
    'FusedBatchNormV3',
    inputs.map((input) => input.ref),
    { ...attributes, exponential_avg_factor: { f: 1 } },
  )
  const port = (i: number): Value => ({ ref: `${node}:${i}`, dtype: 'float32', shape: scale.shape })
  const output = tape.record({
    output: { ref: `${node}:0`, dtype: x.dtype, shape: x.shape },
    inputs: [x, scale, offset],
    backward: (gradient) => {
      const reserved = batch ? [port(3), port(4)] : [mean, variance]
      const back = graph.node(
        'FusedBatchNormGradV3',
        [gradient, x, scale, ...reserved, port(5)].map((input) => input.ref),
        attributes,
      )
      return [
        { ref: `${back}:0`, dtype: x.dtype, shape: x.shape },
        { ref: `${back}:1`, dtype: 'float32', shape: scale.shape },
        { ref: `${back}:2`, dtype: 'float32', shape: scale.shape },
      ]
    },
  })
  return { output, batchMean: port(1), batchVariance: port(2) }
}

export function relu(tape: Tape, x: Value): Value {
  const like = { attributes: typed(x.dtype), dtype: x.dtype, shape: x.shape }
  const output = tape.op('Relu', [x], like)
  return tape.record({
    output,
    inputs: [x],
    backward: (gradient) => [tape.op('ReluGrad', [gradient, output], like)],
  })
}

/** Its input is never negative (it follows a ReLU), so padding with zeros changes no maximum. */
export function maxPool(
  tape: Tape,
  x: Value,
  { kernel, stride }: { kernel: number; stride: number },
): Value {
  const input = padSides(tape, x, (kernel - 1) / 2)
  const attributes = {
    ...typed(x.dtype),
    ...nhwc,
    ksize: { ints: [1, kernel, kernel, 1] },
    strides: { ints: [1, stride, stride, 1] },
    padding: { s: 'VALID' },
  }
  const side = (length: number) => Math.floor((length - kernel) / stride) + 1
  const shape = [x.shape[0]!, side(input.shape[1]!), side(input.shape[2]!), x.shape[3]!]
  const output = tape.op('MaxPool', [input], { attributes, dtype: x.dtype, shape })
  return tape.record({
    output,
    inputs: [input],
    backward: (gradient) => [
      tape.op('MaxPoolGrad', [input, output, gradient], {
        attributes,
        dtype: x.dtype,
        shape: input.shape,
      }),
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
  return pad(tape, picked, {
    before: [0, 0, 0, (channels - x.shape[3]!) / 2],
    output: [...picked.shape.slice(0, 3), channels],
  })
}

export function add(tape: Tape, a: Value, b: Value): Value {
  const output = tape.op('AddV2', [a, b], {
    attributes: typed(a.dtype),
    dtype: a.dtype,
    shape: a.shape,
  })
  return tape.record({ output, inputs: [a, b], backward: (gradient) => [gradient, gradient] })
}

/** One bias a channel, last axis. */
export function addBias(tape: Tape, x: Value, bias: Value): Value {
  const output = tape.op('BiasAdd', [x, bias], {
    attributes: { ...typed(x.dtype), ...nhwc },
    dtype: x.dtype,
    shape: x.shape,
  })
  return tape.record({
    output,
    inputs: [x, bias],
    backward: (gradient) => [
      gradient,
      tape.op('BiasAddGrad', [gradient], {
        attributes: { ...typed(x.dtype), ...nhwc },
        dtype: x.dtype,
        shape: bias.shape,
      }),
    ],
  })
}

/** Mean over height and width in float32, kept as [batch, 1, 1, channels]. */
export function globalAveragePool(tape: Tape, x: Value): Value {
  const { graph } = tape
  const input = cast(tape, x, 'float32')
  const [batch, height, width, channels] = input.shape as [number, number, number, number]
  const shape = [batch, 1, 1, channels]
  const output = tape.op('Mean', [input, graph.constant('int32', [1, 2])], {
    attributes: { ...typed('float32'), Tidx: { type: 'int32' }, keep_dims: { b: true } },
    dtype: 'float32',
    shape,
  })
  return tape.record({
    output,
    inputs: [input],
    backward: (gradient) => {
      const share = multiply(tape, gradient, graph.scalar(1 / (height * width)))
      return [
        tape.op('BroadcastTo', [share, shapeOf(tape, input)], {
          attributes: { ...typed('float32'), Tidx: { type: 'int32' } },
          dtype: 'float32',
          shape: input.shape,
        }),
      ]
    },
  })
}

/** [batch, 1, 1, channels] to [batch, channels]. */
export function flatten(tape: Tape, x: Value): Value {
  const channels = x.shape[x.shape.length - 1]!
  const reshape = (value: Value, shape: Shape) =>
    tape.op('Reshape', [value, tape.graph.constant('int32', shape)], {
      attributes: { ...typed(value.dtype), Tshape: { type: 'int32' } },
      dtype: value.dtype,
      shape,
    })
  return tape.record({
    output: reshape(x, [-1, channels]),
    inputs: [x],
    backward: (gradient) => [reshape(gradient, [-1, 1, 1, channels])],
  })
}

/** x [batch, input] times weight [input, output]. */
export function matMul(tape: Tape, x: Value, weight: Value): Value {
  const multiplied = (
    a: Value,
    b: Value,
    { left = false, right = false, shape }: { left?: boolean; right?: boolean; shape: Shape },
  ) =>
    tape.op('MatMul', [a, b], {
      attributes: { ...typed(x.dtype), transpose_a: { b: left }, transpose_b: { b: right } },
      dtype: x.dtype,
      shape,
    })
  return tape.record({
    output: multiplied(x, weight, { shape: [x.shape[0]!, weight.shape[1]!] }),
    inputs: [x, weight],
    backward: (gradient, [input, own]) => [
      input ? multiplied(gradient, weight, { right: true, shape: x.shape }) : null,
      own ? multiplied(x, gradient, { left: true, shape: weight.shape }) : null,
    ],
  })
}

/** Mean cross-entropy of logits [batch, classes] against int32 labels [batch]. */
export function crossEntropy(tape: Tape, logits: Value, labels: Value): Value {
  const { graph } = tape
  const node = graph.node('SparseSoftmaxCrossEntropyWithLogits', [logits.ref, labels.ref], {
    ...typed('float32'),
    Tlabels: { type: 'int32' },
  })
  const perPicture: Value = { ref: `${node}:0`, dtype: 'float32', shape: [-1] }
  const slope: Value = { ref: `${node}:1`, dtype: 'float32', shape: logits.shape }
  const output = mean(tape, perPicture)
  return tape.record({
    output,
    inputs: [logits],
    backward: (gradient) => {
      const count = tape.op('Size', [labels], {
        attributes: { ...typed('int32'), out_type: { type: 'int32' } },
        dtype: 'int32',
        shape: [],
      })
      const share = tape.op('RealDiv', [gradient, cast(tape, count, 'float32')], {
        attributes: typed('float32'),
        dtype: 'float32',
        shape: [],
      })
      return [multiply(tape, slope, share)]
    },
  })
}

/** How many rows of `logits` are largest at their label; no gradient. */
export function countCorrect(tape: Tape, logits: Value, labels: Value): Value {
  const { graph } = tape
  const best = tape.op('ArgMax', [logits, graph.scalar(1, 'int32')], {
    attributes: { ...typed('float32'), Tidx: { type: 'int32' }, output_type: { type: 'int32' } },
    dtype: 'int32',
    shape: [-1],
  })
  const equal = tape.op('Equal', [best, labels], {
    attributes: { ...typed('int32'), incompatible_shape_error: { b: true } },
    dtype: 'bool',
    shape: [-1],
  })
  const ones = tape.op('Cast', [equal], {
    attributes: { SrcT: { type: 'bool' }, DstT: { type: 'float32' } },
    dtype: 'float32',
    shape: [-1],
  })
  return tape.op('Sum', [ones, graph.constant('int32', [0])], {
    attributes: { ...typed('float32'), Tidx: { type: 'int32' }, keep_dims: { b: false } },
    dtype: 'float32',
    shape: [],
  })
}

export const multiply = (tape: Tape, a: Value, b: Value) =>
  tape.op('Mul', [a, b], { attributes: typed(a.dtype), dtype: a.dtype, shape: a.shape })
export const subtract = (tape: Tape, a: Value, b: Value) =>
  tape.op('Sub', [a, b], { attributes: typed(a.dtype), dtype: a.dtype, shape: a.shape })
const mean = (tape: Tape, x: Value) =>
  tape.op('Mean', [x, tape.graph.constant('int32', [0])], {
    attributes: { ...typed(x.dtype), Tidx: { type: 'int32' }, keep_dims: { b: false } },
    dtype: x.dtype,
    shape: [],
  })
const shapeOf = (tape: Tape, x: Value) =>
  tape.op('Shape', [x], {
    attributes: { ...typed(x.dtype), out_type: { type: 'int32' } },
    dtype: 'int32',
    shape: [x.shape.length],
  })
