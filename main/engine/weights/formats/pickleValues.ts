// What an unpickled file may consist of, and the allow-list of things that a pickle may name. A
// name outside the list is never looked up anywhere: it ends the reading. Nothing on the list
// runs code of the file's; each entry turns plain values into plain values.
import { Failure } from '../../../../shared/failure'
import { reason, type Reason } from '../../../../shared/reason'
import type { NumberFormat } from './numberFormats'

export interface Storage {
  readonly format: NumberFormat
  readonly key: string
  readonly count: number
  /** First number of it that this reference means. */
  readonly start: number
}

/** A run of numbers kept elsewhere in the file, found by its key. */
export class StorageReference {
  constructor(readonly storage: Storage) {}
}

export interface StridedTensor {
  readonly storage: Storage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** A tensor as strides over a storage; all lengths in numbers, not bytes. */
export class TensorReference {
  constructor(readonly tensor: StridedTensor) {}
}

export class Tuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A name on the allow-list, before it is called. */
export class AllowedName {
  constructor(
    readonly name: string,
    readonly entry: AllowedEntry,
  ) {}
}

export type PickleDictionary = Map<PickleValue, PickleValue>
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Tuple
  | PickleDictionary
  | StorageReference
  | TensorReference
  | AllowedName

type AllowedEntry =
  | { readonly kind: 'storage'; readonly format: NumberFormat }
  | {
      readonly kind: 'call'
      readonly call: (items: readonly PickleValue[], path: string) => PickleValue
    }

const storage = (format: NumberFormat): AllowedEntry => ({ kind: 'storage', format })
const call = (run: (items: readonly PickleValue[], path: string) => PickleValue): AllowedEntry => ({
  kind: 'call',
  call: run,
})

const allowed = new Map<string, AllowedEntry>([
  ['torch FloatStorage', storage('F32')],
  ['torch HalfStorage', storage('F16')],
  ['torch BFloat16Storage', storage('BF16')],
  ['torch DoubleStorage', storage('F64')],
  ['torch LongStorage', storage('I64')],
  ['torch IntStorage', storage('I32')],
  ['torch ShortStorage', storage('I16')],
  ['torch CharStorage', storage('I8')],
  ['torch ByteStorage', storage('U8')],
  ['torch BoolStorage', storage('BOOL')],
  ['torch.cuda FloatStorage', storage('F32')],
  ['torch.cuda HalfStorage', storage('F16')],
  ['torch.cuda LongStorage', storage('I64')],
  ['collections OrderedDict', call(orderedDictionary)],
  ['torch._utils _rebuild_tensor', call(rebuildTensor)],
  ['torch._utils _rebuild_tensor_v2', call(rebuildTensor)],
  ['torch._utils _rebuild_parameter', call(rebuildParameter)],
  ['torch._utils _rebuild_parameter_with_state', call(rebuildParameter)],
  ['torch Size', call(([sizes = new Tuple([])]) => sizes)],
  ['torch device', call(([name = null]) => name)],
])

/** @throws {Failure} weights-unsafe with the name, unless it is on the allow-list */
export function allowedName(module: string, name: string, path: string): AllowedName {
  const entry = allowed.get(`${module} ${name}`)
  if (!entry) throw new Failure('weights-unsafe', { path, name: printable(`${module}.${name}`) })
  return new AllowedName(`${module}.${name}`, entry)
}

// The name is shown to a person: it must not bring its own line breaks or pages of text.
const printable = (name: string) => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 120)

/** The result of calling an allowed name. @throws {Failure} weights-format when the arguments do not fit */
export function callAllowed(callee: PickleValue, args: PickleValue, path: string): PickleValue {
  if (
    !(callee instanceof AllowedName) ||
    callee.entry.kind !== 'call' ||
    !(args instanceof Tuple)
  ) {
    throw malformed(path)
  }
  return callee.entry.call(args.items, path)
}

/**
 * PyTorch's persistent id: ('storage', class, key, device, count) and, in old files, a view on it:
 * (its key, first number, count).
 */
export function storageReference(id: PickleValue, path: string): StorageReference {
  const [kind, type, key, , count, part = null] = id instanceof Tuple ? id.items : []
  if (kind !== 'storage' || !(type instanceof AllowedName) || type.entry.kind !== 'storage') {
    throw malformed(path)
  }
  if (typeof key !== 'string' || !isSize(count)) throw malformed(path)
  const start = part instanceof Tuple ? part.items[1] : 0
  if (!isSize(start)) throw malformed(path)
  return new StorageReference({ format: type.entry.format, key, count, start })
}

function orderedDictionary([pairs = []]: readonly PickleValue[], path: string): PickleValue {
  if (!Array.isArray(pairs)) throw malformed(path)
  const dictionary: PickleDictionary = new Map()
  for (const pair of pairs) {
    const [key, value] = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : []
    if (key === undefined || value === undefined) throw malformed(path)
    dictionary.set(key, value)
  }
  return dictionary
}

function rebuildTensor(items: readonly PickleValue[], path: string): PickleValue {
  const [source, offset, shape, strides] = items
  if (!(source instanceof StorageReference) || !isSize(offset)) throw malformed(path)
  const sides = sizes(shape, path)
  const steps = sizes(strides, path)
  if (sides.length !== steps.length) throw malformed(path)
  return new TensorReference({
    storage: source.storage,
    offset: offset + source.storage.start,
    shape: sides,
    strides: steps,
  })
}

function rebuildParameter([data]: readonly PickleValue[], path: string): PickleValue {
  if (!(data instanceof TensorReference)) throw malformed(path)
  return data
}

function sizes(value: PickleValue | undefined, path: string): readonly number[] {
  const items = value instanceof Tuple ? value.items : []
  if (!(value instanceof Tuple) || items.length > 8 || !items.every(isSize)) {
    throw malformed(path)
  }
  return items as readonly number[]
}

const isSize = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

export const refused = (path: string, reason: Reason) =>
  new Failure('weights-format', { path, reason })

export const malformed = (path: string) => refused(path, reason('pickle-malformed'))
