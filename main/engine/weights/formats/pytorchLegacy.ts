// PyTorch's file format before 1.6: five pickles one after the other (magic number, protocol,
// machine, the object, the storage keys), then for each key a count in eight bytes and the raw
// numbers.
import { Failure } from '../../../../shared/failure'
import { reason, type Reason } from '../../../../shared/reason'
import { bytesPerNumber } from './numberFormats'
import { unpickle } from './pickle'
import type { PickleValue } from './pickleValues'
import { stateDictTensors } from './stateDict'
import type { ParsedWeights } from './weightsFile'

const magic = 0x1950a86a20f9469cfc6cn
const protocol = 1001

/** @throws {Failure} weights-unsafe, weights-format, weights-truncated */
export function parsePytorchLegacy(bytes: Uint8Array, path: string): ParsedWeights {
  const first = unpickle(bytes, 0, path)
  if (first.value !== magic) throw wrong(path, reason('pickle-foreign'))
  const second = unpickle(bytes, first.end, path)
  if (second.value !== protocol) throw wrong(path, reason('pickle-protocol'))
  const machine = unpickle(bytes, second.end, path)
  if (machine.value instanceof Map && machine.value.get('little_endian') === false) {
    throw wrong(path, reason('numbers-big-endian'))
  }
  const object = unpickle(bytes, machine.end, path)
  const keys = unpickle(bytes, object.end, path)

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data = new Map<string, Uint8Array>()
  let at = keys.end
  for (const key of keyList(keys.value, path)) {
    const storage = object.storages.get(key)
    if (!storage) throw wrong(path, reason('storage-unused', { key }))
    if (at + 8 > bytes.length) throw cut(path, key)
    const count = Number(view.getBigUint64(at, true))
    if (count !== storage.count) throw wrong(path, reason('storage-length', { key }))
    const end = at + 8 + count * bytesPerNumber(storage.format)
    if (end > bytes.length) throw cut(path, key)
    data.set(key, bytes.subarray(at + 8, end))
    at = end
  }
  const tensors = stateDictTensors(object.value, {
    path,
    fileBytes: bytes.length,
    bytesOf({ key }) {
      const found = data.get(key)
      if (!found) throw cut(path, key)
      return found
    },
  })
  return { tensors, metadata: {} }
}

function keyList(value: PickleValue, path: string): readonly string[] {
  if (!Array.isArray(value)) throw wrong(path, reason('storages-malformed'))
  return value.map((key) => {
    if (typeof key !== 'string') throw wrong(path, reason('storages-malformed'))
    return key
  })
}

const wrong = (path: string, reason: Reason) => new Failure('weights-format', { path, reason })
const cut = (path: string, key: string) =>
  new Failure('weights-truncated', { path, reason: reason('storage-incomplete', { key }) })
