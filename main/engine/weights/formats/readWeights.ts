// The one way in for a weights file of any format: looks at the first bytes, never at the name,
// reads, and removes the prefixes that training wrappers put before every name.
import { existsSync } from 'node:fs'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { fileHead, readFileBytes } from '../../files/wholeFiles'
import { parseInThread } from './parseInThread'
import { parseWeights, type BytesToParse, type WeightsFormat } from './parseWeights'
import type { ParsedWeights, WeightsFile } from './weightsFile'
import type { Tensor } from '../../network/tensor'

// DataParallel and DistributedDataParallel; torch.compile.
const wrapperPrefixes = ['module.', '_orig_mod.']

/**
 * @throws {Failure} file-missing, file-unreadable, weights-format, weights-truncated, weights-unsafe,
 * weights-architecture
 */
export async function readWeights(path: string): Promise<WeightsFile> {
  const format = recognise((await fileHead(path)).bytes)
  if (format === 'unknown')
    throw new Failure('weights-format', { path, reason: reason('content-unknown') })
  const { bytes, sha256 } = await readFileBytes(path, true)
  const { tensors, metadata } = await parse({ format, bytes, path })
  return { tensors: withoutWrappers(tensors), metadata, sha256 }
}

/** Beside the app's bundles; when the sources run directly, in tests, parsing stays in this thread. */
const worker = new URL('./weightsWorker.cjs', import.meta.url)

// A safetensors file is a list of offsets: nothing in it can take much time or memory.
const parse = (input: BytesToParse): Promise<ParsedWeights> =>
  input.format !== 'safetensors' && existsSync(worker)
    ? parseInThread(worker, input)
    : parseWeights(input)

function recognise(bytes: Uint8Array): WeightsFormat | 'unknown' {
  const head = Buffer.from(bytes).toString('latin1')
  if (head.startsWith('PK\x03\x04')) return 'zip'
  if (head.startsWith('\x89HDF\r\n\x1a\n')) return 'hdf5'
  if (head[8] === '{') return 'safetensors'
  // Protocol 2 and later say so first; older ones may begin by naming what they want to call.
  if (/^\x80[\x02-\x05]/.test(head) || /^c[\w.]+\n[\w.]+\n/.test(head)) return 'pickle'
  return 'unknown'
}

function withoutWrappers(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  let named = tensors
  for (const prefix of wrapperPrefixes) {
    if (![...named.keys()].every((name) => name.startsWith(prefix))) continue
    named = new Map([...named].map(([name, tensor]) => [name.slice(prefix.length), tensor]))
  }
  return named
}
