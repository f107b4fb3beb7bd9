// From an unpickled checkpoint to tensors: finds the state dict in it and turns strides over
// storages into plain C-ordered float32. A tensor that lies in order is a view on its storage;
// the total is bounded by the file's size, so that a small hostile file cannot ask for much
// memory.
import { reason } from '../../../../shared/reason'
import { toFloat32 } from './numberFormats'
import {
  refused,
  TensorReference,
  type PickleDictionary,
  type PickleValue,
  type Storage,
  type StridedTensor,
} from './pickleValues'
import { isBookkeeping } from './weightsFile'
import { elementCount, type Tensor } from '../../network/tensor'

// Where training scripts put the state dict inside a checkpoint.
const wrappers = ['state_dict', 'model_state_dict', 'model', 'module', 'net']

export interface Storages {
  readonly path: string
  readonly fileBytes: number
  /** The bytes of one storage, exactly count * size long. @throws {Failure} weights-truncated */
  bytesOf(storage: Storage): Uint8Array
}

/** All float tensors of the state dict in `root`, in its order. @throws {Failure} weights-format */
export function stateDictTensors(
  root: PickleValue,
  storages: Storages,
): ReadonlyMap<string, Tensor> {
  const dictionary = findStateDict(root)
  const numbers = new Map<string, Float32Array>()
  const tensors = new Map<string, Tensor>()
  let total = 0
  for (const [name, value] of dictionary ?? []) {
    if (typeof name !== 'string' || !(value instanceof TensorReference) || isBookkeeping(name))
      continue
    const { tensor } = value
    total += elementCount(tensor.shape)
    // A value takes at least a byte of the file; of float32, which is usual, four.
    if (total > storages.fileBytes) throw refused(storages.path, reason('tensors-too-large'))
    let values = numbers.get(tensor.storage.key)
    if (!values) {
      values = toFloat32(storages.bytesOf(tensor.storage), tensor.storage.format)
      numbers.set(tensor.storage.key, values)
    }
    tensors.set(name, {
      shape: tensor.shape,
      data: inOrder(tensor, values, { name, path: storages.path }),
    })
  }
  if (tensors.size === 0) throw refused(storages.path, reason('no-state-dict'))
  return tensors
}

function findStateDict(root: PickleValue): PickleDictionary | undefined {
  if (!(root instanceof Map)) return undefined
  for (const key of wrappers) {
    const inner = root.get(key)
    if (inner instanceof Map) return inner
  }
  return root
}

function inOrder(
  { offset, shape, strides }: StridedTensor,
  values: Float32Array,
  { name, path }: { readonly name: string; readonly path: string },
): Float32Array {
  const count = elementCount(shape)
  if (count === 0) return new Float32Array(0)
  const last = shape.reduce((at, side, axis) => at + (side - 1) * strides[axis], offset)
  if (!(last < values.length)) throw refused(path, reason('tensor-beyond', { name }))
  if (isContiguous(shape, strides)) return values.subarray(offset, offset + count)

  const result = new Float32Array(count)
  const index = shape.map(() => 0)
  let from = offset
  for (let to = 0; to < count; to++) {
    result[to] = values[from]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]
      if (++index[axis] < shape[axis]) break
      from -= shape[axis] * strides[axis]
      index[axis] = 0
    }
  }
  return result
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    // The stride of a side of one is never used, and PyTorch leaves it at anything.
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]
  }
  return true
}
