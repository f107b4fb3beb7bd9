// PyTorch's file format since 1.6: a zip of stored entries, NAME/data.pkl for the structure and
// NAME/data/KEY for each storage. Storages are viewed where they lie.
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { bytesPerNumber } from './numberFormats'
import { unpickle } from './pickle'
import { stateDictTensors } from './stateDict'
import type { ParsedWeights } from './weightsFile'
import { readStoredZip } from './zipDirectory'

/** @throws {Failure} weights-unsafe, weights-format, weights-truncated */
export function parsePytorchZip(bytes: Uint8Array, path: string): ParsedWeights {
  const entries = readStoredZip(bytes, path)
  const pickleName = [...entries.keys()].find((name) => /^([^/]+\/)?data\.pkl$/.test(name))
  const pickle = pickleName === undefined ? undefined : entries.get(pickleName)
  if (pickleName === undefined || !pickle) {
    throw new Failure('weights-format', {
      path,
      reason: reason('zip-foreign'),
    })
  }
  const folder = pickleName.slice(0, -'data.pkl'.length)
  if (entries.has(`${folder}constants.pkl`)) {
    throw new Failure('weights-format', {
      path,
      reason: reason('torchscript'),
    })
  }
  const order = entries.get(`${folder}byteorder`)
  if (order && Buffer.from(order).toString('latin1') === 'big') {
    throw new Failure('weights-format', { path, reason: reason('numbers-big-endian') })
  }
  const { value } = unpickle(pickle, 0, path)
  const tensors = stateDictTensors(value, {
    path,
    fileBytes: bytes.length,
    bytesOf({ key, format, count }) {
      const data = entries.get(`${folder}data/${key}`)
      const length = count * bytesPerNumber(format)
      if (!data || data.length < length) {
        throw new Failure('weights-truncated', {
          path,
          reason: reason('storage-incomplete', { key }),
        })
      }
      return data.subarray(0, length)
    },
  })
  return { tensors, metadata: {} }
}
