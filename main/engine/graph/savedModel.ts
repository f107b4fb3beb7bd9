// A graph and its signatures as the bytes of saved_model.pb (TensorFlow's saved_model.proto, the part
// of it that we write). No variables folder: variables are assigned by a signature.
import { parse } from 'protobufjs'
import {
  dataTypes,
  type Attribute,
  type Graph,
  type GraphNode,
  type Shape,
  type Signature,
  type Value,
} from './graph'

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
message TensorInfo { string name = 1; int32 dtype = 2; Shape tensor_shape = 3; }
message SignatureDef { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3; }
message MetaInfoDef { repeated string tags = 4; string tensorflow_version = 5; }
message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; map<string, SignatureDef> signature_def = 5; }
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }`,
  { keepCase: true },
).root
const SavedModel = schema.lookupType('tensorflow.SavedModel')

/** GraphDef version of TensorFlow 2.9 to 2.21; every op that we write is older. */
export const producer = 1087

export function encodeSavedModel(
  graph: Graph,
  signatures: Readonly<Record<string, Signature>>,
): Uint8Array {
  return SavedModel.encode(
    SavedModel.fromObject({
      saved_model_schema_version: 1,
      meta_graphs: [
        {
          meta_info_def: { tags: ['serve'], tensorflow_version: '2.9.1' },
          graph_def: { node: graph.nodes.map(nodeObject), versions: { producer } },
          signature_def: mapValues(signatures, ({ inputs, outputs }, name) => ({
            method_name: name,
            inputs: mapValues(inputs, tensorInfo),
            outputs: mapValues(outputs, tensorInfo),
          })),
        },
      ],
    }),
  ).finish()
}

const nodeObject = ({ name, op, inputs, attributes }: GraphNode) => ({
  name,
  op,
  input: inputs,
  attr: mapValues(attributes, attributeObject),
})
const tensorInfo = ({ ref, dtype, shape }: Value) => ({
  name: ref,
  dtype: dataTypes[dtype],
  tensor_shape: shapeObject(shape),
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

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
