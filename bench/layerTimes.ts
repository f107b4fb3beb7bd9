// The layers of a network one at a time, forward and backward, to see which of them the time of a
// training step goes to. Each kind and shape is measured once and counted as often as it occurs.
import { buildNetwork } from '../main/engine/network/family'
import type { Layer } from '../main/engine/network/layers'
import type { Value } from '../main/engine/graph/graph'
import type { Precision } from '../shared/device'
import * as ops from '../main/engine/graph/ops'
import { openSession, type Session } from '../main/engine/tensorflow/session'
import { assignVariables, variableSignatures } from '../main/engine/tensorflow/variableValues'
import { Tape } from '../main/engine/graph/tape'
import { Variables } from '../main/engine/graph/variables'
import type { Side } from './rounds'
import { median } from './statistics'

/** Plain data, also for bench/peers/torch_layers.py. */
export interface TimedLayer {
  readonly key: string
  readonly kind: 'convolution' | 'batchNorm' | 'relu' | 'maxPool' | 'add'
  /** Height, width, channels. */
  readonly input: readonly [number, number, number]
  readonly output: readonly [number, number, number]
  readonly kernel: number
  readonly stride: number
  /** The first layer's input is the picture, which has no gradient. */
  readonly inputGradient: boolean
  readonly count: number
}
interface Options {
  readonly layers: readonly TimedLayer[]
  readonly batch: number
  readonly precision: Precision
}
const repeats = 5

export function timedLayers(architecture: 'resnet18' | 'resnet50', size: number): TimedLayer[] {
  const network = buildNetwork({ architecture, size, classes: 1000 })
  const outputs = new Map([[network.input, network.inputShape]])
  const found = new Map<string, TimedLayer>()
  for (const layer of network.layers) {
    outputs.set(layer.name, layer.output)
    const timed = timedLayer(layer, outputs.get(layer.inputs[0]!)!)
    if (!timed) continue
    const inputGradient = layer.inputs[0] !== network.input
    const count = (found.get(timed.key)?.count ?? 0) + 1
    found.set(timed.key, { ...timed, inputGradient, count })
  }
  return [...found.values()]
}

function timedLayer(layer: Layer, input: readonly [number, number, number]) {
  const { output } = layer
  const shared = { input, output, kernel: 1, stride: 1 }
  const map = `${output[0]} x ${output[1]} x ${output[2]}`
  switch (layer.kind) {
    case 'convolution': {
      const { kernel, stride, kind } = layer
      const key = `convolution ${kernel} x ${kernel}, stride ${stride}, ${input[2]} to ${map}`
      return { ...shared, kind, kernel, stride, key }
    }
    case 'maxPool': {
      const { kernel, stride, kind } = layer
      return { ...shared, kind, kernel, stride, key: `max pool to ${map}` }
    }
    case 'batchNorm':
      return { ...shared, kind: layer.kind, key: `batch norm ${map}` }
    case 'relu':
      return { ...shared, kind: layer.kind, key: `relu ${map}` }
    case 'add':
      return { ...shared, kind: layer.kind, key: `add ${map}` }
    case 'paddingShortcut':
    case 'splitViews':
    case 'joinViews':
    case 'globalAveragePool':
    case 'dense':
      return null
  }
}

/** A round returns the milliseconds of each layer in one step: the median of some runs, times how
 *  often the layer occurs. */
export async function openLayerTimes({ layers, batch, precision }: Options): Promise<Side> {
  return async () => {
    const times: Record<string, number> = {}
    for (const layer of layers) {
      const session = await openLayer(layer, { batch, precision })
      session.run('step', {})
      const runs = Array.from({ length: repeats }, () => {
        const started = performance.now()
        session.run('step', {})
        return performance.now() - started
      })
      session.dispose()
      times[layer.key] = median(runs) * layer.count
    }
    return times
  }
}

/** The layer in a graph of its own. Its input and the gradient of its output are variables, so that
 *  nothing is copied in or out and constant folding is impossible. */
async function openLayer(
  layer: TimedLayer,
  { batch, precision }: Pick<Options, 'batch' | 'precision'>,
): Promise<Session> {
  const tape = new Tape()
  const variables = new Variables(tape)
  const map = (name: string, [height, width, channels]: readonly [number, number, number]) =>
    // Variables take PyTorch's order of a filter and hold height, width, input, output.
    ops.cast(tape, variables.read(name, [channels, width, batch, height]), precision)
  const x = map('x', layer.input)
  if (layer.inputGradient) tape.watch(x)
  const { y, parameters } = emitLayer(layer, { tape, variables, x, map, precision })
  const gradientOf = tape.backward(y, map('gradient', layer.output))
  const gradients = [x, ...parameters].flatMap((value) => gradientOf(value) ?? [])
  const session = await openSession(tape, {
    step: {
      inputs: {},
      outputs: Object.fromEntries(
        [y, ...gradients].map((value, i) => [`result${i}`, firstValue(tape, value)]),
      ),
    },
    ...variableSignatures(variables),
  })
  assignVariables(session, variables, new Map())
  return session
}

/** Reduces an output to one number: TensorFlow prunes ops whose output is not read, and reading all
 *  of it would be timed too. */
function firstValue(tape: Tape, value: Value): Value {
  const ones = value.shape.map(() => 1)
  const first = tape.op(
    'Slice',
    [
      value,
      tape.constant(
        'int32',
        ones.map(() => 0),
      ),
      tape.constant('int32', ones),
    ],
    {
      attributes: { T: { type: value.dtype }, Index: { type: 'int32' } },
      dtype: value.dtype,
      shape: ones,
    },
  )
  return ops.cast(tape, first, 'float32')
}

interface Emission {
  readonly tape: Tape
  readonly variables: Variables
  readonly x: Value
  readonly map: (name: string, shape: readonly [number, number, number]) => Value
  readonly precision: Precision
}

function emitLayer(
  layer: TimedLayer,
  { tape, variables, x, map, precision }: Emission,
): { y: Value; parameters: readonly Value[] } {
  const [, , channels] = layer.output
  switch (layer.kind) {
    case 'convolution': {
      const { kernel, stride, input } = layer
      const weight = variables.read('weight', [channels, input[2], kernel, kernel])
      tape.watch(weight)
      const filter = ops.cast(tape, weight, precision)
      return { y: ops.convolution(tape, x, { filter, stride }), parameters: [weight] }
    }
    case 'batchNorm': {
      const vector = (name: string) => variables.read(name, [channels])
      const [scale, offset, mean, variance] = ['scale', 'offset', 'mean', 'variance'].map(
        vector,
      ) as [Value, Value, Value, Value]
      tape.watch(scale)
      const norm = { scale, offset, mean, variance, epsilon: 1e-5, batch: true }
      return { y: ops.batchNorm(tape, x, norm).output, parameters: [scale] }
    }
    case 'relu':
      return { y: ops.relu(tape, x), parameters: [] }
    case 'maxPool':
      return { y: ops.maxPool(tape, x, layer), parameters: [] }
    case 'add':
      return { y: ops.add(tape, x, map('other', layer.input)), parameters: [] }
  }
}
