// A graph as the bytes of saved_model.pb (TensorFlow's saved_model.proto, the part of it that we
// write). No variables folder: a signature assigns the variables. No signature definitions: session.ts passes them.
import { parse } from 'protobufjs'
import type { Attribute, DataType, Graph, GraphNode, Shape } from '../graph/graph'

const schema = parse(
  `syntax = "proto3"; package tensorflow;
message Dim { int64 size = 1; }
message Shape { repeated Dim dim = 2; }
message Tensor { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; }
message ListValue { repeated int64 i = 3; }
message AttrValue { oneof value { ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; Shape shape = 7; Tensor tensor = 8; } }
message NodeDef { string name = 1; string op = 2; repeated string input = 3; string device = 4; map<string, AttrValue> attr = 5; }
message VersionDef { int32 producer = 1; }
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
message MetaInfoDef { repeated string tags = 4; string tensorflow_version = 5; }
message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; }
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }`,
  { keepCase: true },
).root
/** DataType numbers of types.proto. */
const dataTypes: Readonly<Record<DataType, number>> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  bool: 10,
  bfloat16: 14,
  resource: 20,
}
const SavedModel = schema.lookupType('tensorflow.SavedModel')

/** GraphDef version of TensorFlow 2.9 to 2.21; every op that we write is older. */
export const producer = 1087

/** `device` is where every op runs; empty: TensorFlow chooses. */
export function encodeSavedModel(graph: Graph, device = ''): Uint8Array {
  const metaGraph = {
    meta_info_def: { tags: ['serve'], tensorflow_version: '2.9.1' },
    graph_def: {
      node: graph.nodes.map((node) => ({ ...nodeObject(node), device })),
      versions: { producer },
    },
  }
  return SavedModel.encode(
    SavedModel.fromObject({ saved_model_schema_version: 1, meta_graphs: [metaGraph] }),
  ).finish()
}

const nodeObject = ({ name, op, inputs, attributes }: GraphNode) => ({
  name,
  op,
  input: inputs,
  attr: Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, attributeObject(value)]),
  ),
})
const shapeObject = (shape: Shape) => ({ dim: shape.map((size) => ({ size })) })

function attributeObject(attribute: Attribute) {
  if ('type' in attribute) return { type: dataTypes[attribute.type] }
  if ('shape' in attribute) return { shape: shapeObject(attribute.shape) }
  if ('ints' in attribute) return { list: { i: attribute.ints } }
  if ('s' in attribute) return { s: Buffer.from(attribute.s) }
  if ('tensor' in attribute) {
    const { dtype, shape, bytes } = attribute.tensor
    return {
      tensor: { dtype: dataTypes[dtype], tensor_shape: shapeObject(shape), tensor_content: bytes },
    }
  }
  return attribute
}
