// The safetensors format: eight bytes of header length, a JSON header (name -> dtype, shape, byte
// range), then the values. Reading trusts nothing in the header: every range must lie in the
// file, fit its shape, and the ranges together must cover the values once, without gap or
// overlap. Format: https://huggingface.co/docs/safetensors
import { z } from 'zod'
import { Failure } from '../../../../shared/failure'
import { reason, type Reason } from '../../../../shared/reason'
import { bytesOf, readFileBytes, writeFileAtomically } from '../../files/wholeFiles'
import { bytesPerNumber, isNumberFormat, toFloat32 } from './numberFormats'
import { isBookkeeping, type ParsedWeights, type WeightsFile } from './weightsFile'
import { elementCount, type Tensor } from '../../network/tensor'

const lengthBytes = 8
/** The header of ResNet-152 takes 0.1 MB. */
const largestHeader = 2 ** 23

const size = z.number().int().nonnegative()
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(size).max(8),
  data_offsets: z.tuple([size, size]),
})
const metadataSchema = z.record(z.string(), z.string())

interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/** Reads and hashes a safetensors file. @throws {Failure} weights-format, weights-truncated, file-missing */
export async function readSafetensors(path: string): Promise<WeightsFile> {
  const { bytes, sha256 } = await readFileBytes(path, true)
  return { ...parseSafetensors(bytes, path), sha256 }
}

/** The tensors in a whole file's bytes, float32 ones as views on them. */
export function parseSafetensors(bytes: Uint8Array, path: string): ParsedWeights {
  const { entries, metadata, valuesAt } = readHeader(bytes, path)
  const tensors = new Map<string, Tensor>()
  for (const { name, dtype, shape, begin, end } of entries) {
    if (!isNumberFormat(dtype)) throw wrong(path, reason('tensor-type', { name, type: dtype }))
    if (elementCount(shape) * bytesPerNumber(dtype) !== end - begin) {
      throw wrong(path, reason('tensor-size', { name, bytes: end - begin }))
    }
    if (isBookkeeping(name)) continue
    tensors.set(name, {
      shape,
      data: toFloat32(bytes.subarray(valuesAt + begin, valuesAt + end), dtype),
    })
  }
  return { tensors, metadata }
}

function readHeader(bytes: Uint8Array, path: string) {
  if (bytes.length < lengthBytes)
    throw new Failure('weights-truncated', { path, reason: reason('header-missing') })
  const headerLength = Number(view(bytes).getBigUint64(0, true))
  if (headerLength > largestHeader) throw wrong(path, reason('header-large'))
  const valuesAt = lengthBytes + headerLength
  if (valuesAt > bytes.length)
    throw new Failure('weights-truncated', { path, reason: reason('header-incomplete') })

  const { __metadata__: metadata = {}, ...tensors } = parseJson(
    bytes.subarray(lengthBytes, valuesAt),
    path,
  )
  const parsedMetadata = metadataSchema.safeParse(metadata)
  if (!parsedMetadata.success) throw wrong(path, reason('metadata-no-text'))
  const entries = Object.entries(tensors).map(([name, value]): Entry => {
    const parsed = entrySchema.safeParse(value)
    if (!parsed.success) throw wrong(path, reason('tensor-entry', { name }))
    const {
      dtype,
      shape,
      data_offsets: [begin, end],
    } = parsed.data
    return { name, dtype, shape, begin, end }
  })
  checkRanges(entries, bytes.length - valuesAt, path)
  return { entries, metadata: parsedMetadata.data, valuesAt }
}

function checkRanges(entries: readonly Entry[], available: number, path: string) {
  let covered = 0
  for (const { name, begin, end } of [...entries].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (end < begin) throw wrong(path, reason('tensor-backwards', { name }))
    if (begin < covered) throw wrong(path, reason('tensor-overlap', { name }))
    if (begin > covered) throw wrong(path, reason('tensor-gap', { name }))
    if (end > available)
      throw new Failure('weights-truncated', { path, reason: reason('part-incomplete', { name }) })
    covered = end
  }
  if (covered !== available)
    throw wrong(path, reason('bytes-unclaimed', { bytes: available - covered }))
}

function parseJson(header: Uint8Array, path: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>
    }
  } catch {
    // Falls through: whatever the parser disliked, the header is no JSON.
  }
  throw wrong(path, reason('header-no-json'))
}

/** Writes float32 tensors in the given order, atomically. @throws {Failure} disk-full, not-writable */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entries: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { shape, data }] of tensors) {
    if (elementCount(shape) !== data.length) throw new Error(`${name}: shape does not fit its data`)
    entries[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(entries), 'utf8')
  // Spaces after the JSON put the values on a multiple of eight, where readers need not copy them.
  const header = Buffer.alloc(lengthBytes + Math.ceil(json.length / 8) * 8, ' ')
  header.writeBigUInt64LE(BigInt(header.length - lengthBytes), 0)
  json.copy(header, lengthBytes)
  await writeFileAtomically(path, parts(header, tensors))
}

function* parts(header: Uint8Array, tensors: ReadonlyMap<string, Tensor>): Iterable<Uint8Array> {
  yield header
  for (const { data } of tensors.values()) yield bytesOf(data)
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const wrong = (path: string, reason: Reason) => new Failure('weights-format', { path, reason })
