// Writes PyTorch files by hand, byte for byte as torch.save lays them out, so that the readers
// are tested without PyTorch. Also the pieces for files that no honest program would write.
import { crc32 } from '../../../../../main/engine/weights/formats/crc32'

export interface FixtureTensor {
  readonly name: string
  readonly storageKey: string
  readonly storageClass: string
  readonly storage: Uint8Array
  readonly count: number
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

export function floats(
  name: string,
  values: readonly number[],
  shape: readonly number[],
): FixtureTensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  return {
    name,
    storageKey: name,
    storageClass: 'FloatStorage',
    shape,
    strides,
    offset: 0,
    storage: new Uint8Array(Float32Array.from(values).buffer),
    count: values.length,
  }
}

const op = (...bytes: number[]) => Buffer.from(bytes)
export const global = (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`)
export const text = (value: string) => {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([op(0x58), length, bytes])
}
const integer = (value: number) => {
  const bytes = Buffer.alloc(5, 0x4a)
  bytes.writeInt32LE(value, 1)
  return bytes
}
const tuple = (parts: readonly Buffer[]) => Buffer.concat([op(0x28), ...parts, op(0x74)])
export const pickle = (...parts: readonly Buffer[]) =>
  Buffer.concat([op(0x80, 2), ...parts, op(0x2e)])

const storageId = ({ storageKey, storageClass, count }: FixtureTensor, legacy: boolean) =>
  Buffer.concat([
    tuple([
      text('storage'),
      global('torch', storageClass),
      text(storageKey),
      text('cpu'),
      integer(count),
      ...(legacy ? [op(0x4e)] : []),
    ]),
    op(0x51),
  ])

export const orderedDictionary = Buffer.concat([
  global('collections', 'OrderedDict'),
  op(0x29, 0x52),
])

function tensorValue(tensor: FixtureTensor, legacy: boolean): Buffer {
  return Buffer.concat([
    global('torch._utils', '_rebuild_tensor_v2'),
    tuple([
      storageId(tensor, legacy),
      integer(tensor.offset),
      tuple(tensor.shape.map(integer)),
      tuple(tensor.strides.map(integer)),
      op(0x89),
      orderedDictionary,
    ]),
    op(0x52),
  ])
}

export interface FixtureOptions {
  readonly wrap?: string
  readonly parameters?: boolean
  readonly legacy?: boolean
}

export function stateDictPickle(
  tensors: readonly FixtureTensor[],
  options: FixtureOptions = {},
): Buffer {
  const value = (tensor: FixtureTensor) => {
    const plain = tensorValue(tensor, options.legacy ?? false)
    if (!options.parameters) return plain
    return Buffer.concat([
      global('torch._utils', '_rebuild_parameter'),
      tuple([plain, op(0x88), orderedDictionary]),
      op(0x52),
    ])
  }
  const dictionary = Buffer.concat([
    orderedDictionary,
    op(0x71, 7),
    op(0x28),
    ...tensors.flatMap((tensor) => [text(tensor.name), value(tensor)]),
    op(0x75),
    // What torch hangs on a state dict: BUILD with {'_metadata': OrderedDict()}.
    op(0x7d),
    text('_metadata'),
    orderedDictionary,
    op(0x73),
    op(0x62),
  ])
  if (options.wrap === undefined) return pickle(dictionary)
  return pickle(op(0x7d, 0x28), text('epoch'), integer(3), text(options.wrap), dictionary, op(0x75))
}

const magicPickle = Buffer.concat([
  op(0x80, 2, 0x8a, 10),
  Buffer.from('6cfc9c46f9206aa85019', 'hex'),
  op(0x2e),
])
export const legacyHead = Buffer.concat([
  magicPickle,
  op(0x80, 2, 0x4d, 0xe9, 0x03, 0x2e),
  pickle(op(0x7d), text('little_endian'), op(0x88, 0x73)),
])

export function legacyFile(
  tensors: readonly FixtureTensor[],
  options: FixtureOptions = {},
): Buffer {
  const unique = [...new Map(tensors.map((tensor) => [tensor.storageKey, tensor])).values()]
  return Buffer.concat([
    legacyHead,
    stateDictPickle(tensors, { ...options, legacy: true }),
    pickle(op(0x5d, 0x28), ...unique.map((tensor) => text(tensor.storageKey)), op(0x65)),
    ...unique.flatMap((tensor) => {
      const count = Buffer.alloc(8)
      count.writeBigUInt64LE(BigInt(tensor.count))
      return [count, Buffer.from(tensor.storage)]
    }),
  ])
}

export function zipFile(
  tensors: readonly FixtureTensor[],
  options: FixtureOptions & ZipOptions = {},
): Buffer {
  const unique = [...new Map(tensors.map((tensor) => [tensor.storageKey, tensor])).values()]
  return zip(
    [
      ['archive/data.pkl', options.pickle ?? stateDictPickle(tensors, options)],
      ...unique.map((tensor) => [`archive/data/${tensor.storageKey}`, tensor.storage] as const),
      ['archive/version', Buffer.from('3\n')],
    ],
    options,
  )
}

export interface ZipOptions {
  readonly zip64?: boolean
  readonly method?: number
  /** Instead of the right one. */
  readonly checksum?: number
  readonly pickle?: Buffer
}

/** A zip of stored entries; with zip64 every size and offset stands in the extra fields. */
export function zip(
  entries: readonly (readonly [string, Uint8Array])[],
  { zip64 = false, method = 0, checksum }: ZipOptions,
) {
  const body: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [name, data] of entries) {
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    body.push(local, Buffer.from(name), Buffer.from(data))

    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(checksum ?? crc32(data), 16)
    central.writeUInt32LE(zip64 ? 0xffffffff : data.length, 20)
    central.writeUInt32LE(zip64 ? 0xffffffff : data.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt16LE(zip64 ? 28 : 0, 30)
    central.writeUInt32LE(zip64 ? 0xffffffff : at, 42)
    const extra = Buffer.alloc(zip64 ? 28 : 0)
    if (zip64) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      ;[data.length, data.length, at].forEach((value, i) =>
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i),
      )
    }
    directory.push(central, Buffer.from(name), extra)
    at += 30 + name.length + data.length
  }
  const directoryLength = directory.reduce((sum, part) => sum + part.length, 0)
  const end64 = Buffer.alloc(zip64 ? 76 : 0)
  if (zip64) {
    end64.writeUInt32LE(0x06064b50, 0)
    end64.writeBigUInt64LE(BigInt(entries.length), 32)
    end64.writeBigUInt64LE(BigInt(at), 48)
    end64.writeUInt32LE(0x07064b50, 56)
    end64.writeBigUInt64LE(BigInt(at + directoryLength), 64)
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(zip64 ? 0xffff : entries.length, 10)
  end.writeUInt32LE(zip64 ? 0xffffffff : at, 16)
  return Buffer.concat([...body, ...directory, end64, end])
}
