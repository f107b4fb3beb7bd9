// TensorFlow.js graph model: model.json (the graph as JSON, its inputs and outputs) and the weights
// in shards of 4 MiB, so that a browser can cache them. Takes RGB 0-255 as tf.browser.fromPixels
// gives it; the normalisation and the softmax are in the graph.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { emitNetwork } from '../graph/emit'
import type { Attribute, DataType, GraphNode, Shape, Value } from '../graph/graph'
import { graphShape } from '../graph/variables'
import { normalisePixels } from '../graph/pixels'
import { toGraph } from '../tensorflow/layouts'
import { producer } from '../tensorflow/savedModel'
import { Tape } from '../graph/tape'
import { foldBatchNorms } from '../network/fold'
import type { Network } from '../network/layers'
import type { Tensors } from '../network/tensor'

const shardBytes = 4 * 2 ** 20

export interface TfjsModel {
  readonly network: Network
  readonly tensors: Tensors
  readonly classes: readonly string[]
  /** The shorter side to which a photo is resized before the centre square is cut. */
  readonly resize: number
}

/** Writes model.json and its shards into `folder`; returns the number of bytes written. */
export async function writeTfjs(
  folder: string,
  { network, tensors, classes, resize }: TfjsModel,
): Promise<number> {
  await mkdir(folder, { recursive: true })
  const { graph, input, output } = tfjsGraph(network, tensors)
  const constants = graph.nodes.flatMap((node) => {
    const value = node.attributes.value
    return node.op === 'Const' && value && 'tensor' in value
      ? [{ name: node.name, ...value.tensor }]
      : []
  })
  const bytes = Buffer.concat(constants.map((constant) => constant.bytes))
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes))
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`)
  for (const [i, path] of paths.entries())
    await writeFile(join(folder, path), bytes.subarray(i * shardBytes, (i + 1) * shardBytes))
  const model = JSON.stringify({
    format: 'graph-model',
    generatedBy: 'Restage',
    convertedBy: null,
    signature: {
      inputs: { image: tensorInfo(input) },
      outputs: { probabilities: tensorInfo(output) },
    },
    userDefinedMetadata: { classes, size: network.size, resize, input: 'RGB, 0-255, square' },
    modelTopology: { node: graph.nodes.map(nodeJson), library: {}, versions: { producer } },
    weightsManifest: [
      { paths, weights: constants.map(({ name, shape, dtype }) => ({ name, shape, dtype })) },
    ],
  })
  await writeFileAtomic(join(folder, 'model.json'), model)
  return bytes.length + Buffer.byteLength(model)
}

function tfjsGraph(network: Network, given: Tensors) {
  const folded = foldBatchNorms(network, given)
  const graph = new Tape()
  const input = graph.placeholder('image', 'float32', [-1, network.size, network.size, 3])
  const known = new Map<string, Value>()
  const read = (name: string, shape: Shape): Value => {
    const value =
      known.get(name) ??
      graph.array(name, toGraph(folded.tensors.get(name)!.data, shape), graphShape(shape))
    known.set(name, value)
    return value
  }
  const logits = emitNetwork(graph, folded.network, {
    input: normalisePixels(graph, input, network.colours),
    precision: 'float32',
    read,
  })
  const node = graph.node('Softmax', [logits], {
    T: { type: 'float32' },
    name: 'probabilities',
  })
  return { graph, input, output: { ...logits, ref: `${node}:0` } }
}

const typeNames = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  uint8: 'DT_UINT8',
  bool: 'DT_BOOL',
  bfloat16: 'DT_BFLOAT16',
  resource: 'DT_RESOURCE',
} as const satisfies Record<DataType, string>
const shapeJson = (shape: Shape) => ({ dim: shape.map((size) => ({ size: String(size) })) })
const tensorInfo = ({ ref, dtype, shape }: Value) => ({
  name: ref,
  dtype: typeNames[dtype],
  tensorShape: shapeJson(shape),
})

const nodeJson = ({ name, op, inputs, attributes }: GraphNode) => ({
  name,
  op,
  input: inputs.map((input) => input.replace(/:0$/, '')),
  attr: Object.fromEntries(
    Object.entries({ ...explicit(op), ...attributes }).map(([key, attribute]) => [
      key,
      attributeJson(attribute),
    ]),
  ),
})

/** Attributes with a default in TensorFlow that TensorFlow.js requires. */
const explicit = (op: string): Readonly<Record<string, Attribute>> =>
  op === 'Conv2D' ? { dilations: { ints: [1, 1, 1, 1] } } : {}

/** protobuf's JSON form: 64-bit numbers as text, bytes as base64. A tensor's values are in the shards. */
function attributeJson(attribute: Attribute) {
  if ('type' in attribute) return { type: typeNames[attribute.type] }
  if ('shape' in attribute) return { shape: shapeJson(attribute.shape) }
  if ('ints' in attribute) return { list: { i: attribute.ints.map(String) } }
  if ('s' in attribute) return { s: Buffer.from(attribute.s).toString('base64') }
  if ('i' in attribute) return { i: String(attribute.i) }
  if ('tensor' in attribute) {
    return {
      tensor: {
        dtype: typeNames[attribute.tensor.dtype],
        tensorShape: shapeJson(attribute.tensor.shape),
      },
    }
  }
  return attribute
}
