// Reads what Keras's weights need of HDF5, with the HDF5 library compiled to WebAssembly (h5wasm).
// What must stay true: the library sees a file system in memory that holds nothing but the bytes of
// this one file, so no link, external storage or virtual data set can read anything else; and names,
// depth and values are bounded by the size of the file before they are read.
import type * as Hdf5 from 'h5wasm'
import type { Attribute, Dataset, File, Group } from 'h5wasm'
import { Failure } from '../../../../shared/failure'
import { reason, type Reason, type ReasonCode, type ReasonDetails } from '../../../../shared/reason'
import { elementCount, type Tensor } from '../../network/tensor'

/** One layer of a Keras model: its variables by the last part of their names, as stored. */
export interface StoredLayer {
  readonly name: string
  readonly variables: ReadonlyMap<string, Tensor>
}

interface Source {
  /** Only for messages. */
  readonly path: string
  readonly bytes: Uint8Array
}

const floatClass = 1 // H5T_FLOAT
const stringClass = 3 // H5T_STRING
const memoryName = 'weights.h5'
const memoryPath = `/${memoryName}`
/** The largest ResNet has about 800 layers and 1,000 variables. */
const maxNames = 5_000
const maxNameLength = 1024
/** A layer's variable lies at most a few groups deep. */
const maxDepth = 8
/** Files of ResNet-152 take about 1 s on a slow computer. */
const timeLimit = 30_000
const wasmPage = 65_536

/**
 * The layers of a file in Keras's first HDF5 layout: `layer_names` on the root, or on
 * `model_weights` in a file that holds a whole model, and `weight_names` on each layer.
 * @throws {Failure} weights-format
 */
export async function readKerasLayers(source: Source): Promise<readonly StoredLayer[]> {
  const library = await openLibrary()
  let file: File | undefined
  try {
    // The last argument lends the bytes, so that they are not copied.
    library.FS!.createDataFile('/', memoryName, source.bytes, true, false, true)
    return withMemoryLimit(2 ** 28 + 4 * source.bytes.length, () => {
      file = new library.File(memoryPath, 'r')
      return new LayerReader(library, source).read(file)
    })
  } catch (error) {
    if (error instanceof Failure) throw error
    throw wrong(source.path, reason('hdf5-damaged'))
  } finally {
    close(file)
    removeFile(library, memoryPath)
  }
}

type Library = Pick<typeof Hdf5, 'File' | 'Group' | 'Dataset' | 'FS'>

let opened: Promise<Library> | undefined

/** The library without devices: reading /dev/stdin, which a file may name, would never end. */
function openLibrary(): Promise<Library> {
  opened ??= import('h5wasm').then(async (library) => {
    const { activate_throwing_error_handler } = await library.ready
    activate_throwing_error_handler()
    for (const name of library.FS!.readdir('/dev')) removeFile(library, `/dev/${name}`)
    return library
  })
  return opened
}

class LayerReader {
  private readonly deadline = Date.now() + timeLimit
  private values = 0
  private names = 0

  constructor(
    private readonly library: Library,
    private readonly source: Source,
  ) {}

  read(file: File): readonly StoredLayer[] {
    const { Group } = this.library
    const inside = file.keys().includes('model_weights') ? file.get('model_weights') : file
    if (!(inside instanceof Group)) throw this.wrong('hdf5-no-group')
    const layers = this.namesOn(inside, 'layer_names')
    if (!layers) {
      throw this.wrong(file.keys().includes('layers') ? 'keras-3-layout' : 'hdf5-foreign')
    }
    if (new Set(layers).size !== layers.length) throw this.wrong('layer-twice')
    return layers.map((name) => ({ name, variables: this.variablesOf(inside, name) }))
  }

  private variablesOf(inside: Group, name: string): ReadonlyMap<string, Tensor> {
    const layer = this.find(inside, name)
    if (!(layer instanceof this.library.Group)) throw this.wrong('layer-missing', { name })
    const variables = new Map<string, Tensor>()
    for (const stored of this.namesOn(layer, 'weight_names') ?? []) {
      const dataset = this.find(layer, stored)
      if (!(dataset instanceof this.library.Dataset))
        throw this.wrong('part-missing', { name: stored })
      const kind = stored.slice(stored.lastIndexOf('/') + 1).replace(/:0$/, '')
      variables.set(kind, this.tensorOf(dataset, stored))
    }
    return variables
  }

  private tensorOf(dataset: Dataset, name: string): Tensor {
    const { type, size, vlen, shape, chunks, virtual_sources: virtual } = dataset.metadata
    if (virtual) throw this.wrong('values-outside', { name })
    if (type !== floatClass || (size !== 4 && size !== 8) || vlen)
      throw this.wrong('not-float32', { name })
    this.values += elementCount(shape ?? [])
    // Honest files hold four bytes a value; a small hostile one cannot ask for much memory.
    const limit = this.source.bytes.length
    if (this.values > limit || elementCount(chunks ?? []) > limit)
      throw this.wrong('tensors-too-large')
    const { value } = dataset
    if (value instanceof Float32Array) return { shape: shape ?? [], data: value }
    if (value instanceof Float64Array) return { shape: shape ?? [], data: Float32Array.from(value) }
    throw this.wrong('not-float32', { name })
  }

  /** Follows a path of groups. Links may form a circle, so its length is bounded. */
  private find(from: Group, name: string): unknown {
    if (Date.now() > this.deadline) throw this.wrong('structure-slow')
    const parts = name.split('/')
    if (name.length > maxNameLength || parts.length > maxDepth) throw this.wrong('groups-endless')
    return parts.reduce<unknown>(
      (at, part) => (at instanceof this.library.Group ? at.get(part) : null),
      from,
    )
  }

  /** A list of names; beyond 64 KB Keras spreads it over `name0`, `name1` and so on. */
  private namesOn(group: Group, name: string): string[] | undefined {
    const { attrs } = group
    if (attrs[name]) return this.namesIn(attrs[name])
    const parts: string[] = []
    for (let i = 0; attrs[`${name}${i}`]; i++) parts.push(...this.namesIn(attrs[`${name}${i}`]!))
    return parts.length > 0 ? parts : undefined
  }

  private namesIn(attribute: Attribute): string[] {
    const { type, size, vlen } = attribute.metadata
    const count = elementCount(attribute.shape ?? [])
    this.names += count
    const available = this.source.bytes.length
    // Of a layer without variables Keras writes an empty list of numbers.
    if (count === 0) return []
    if (this.names > maxNames) throw this.wrong('names-many')
    if (type !== stringClass || (!vlen && count * size > available))
      throw this.wrong('names-malformed')
    const { value } = attribute
    return Array.isArray(value) ? value.map(String) : []
  }

  private wrong(code: ReasonCode, details?: ReasonDetails) {
    return wrong(this.source.path, reason(code, details))
  }
}

/** As far as it is used here; the Node side is compiled without the types of a browser. */
interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } }

/**
 * Refuses the library more memory than `limit` bytes while `work` runs: many texts may refer to the
 * same bytes of a file, and their total length is known only after they are read. `work` must not wait.
 */
function withMemoryLimit<T>(limit: number, work: () => T): T {
  const memory = WebAssembly.Memory.prototype
  const grow = Object.getOwnPropertyDescriptor(memory, 'grow')!
  const limited = function (this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * wasmPage > limit) throw new RangeError('too much memory')
    return Reflect.apply(grow.value as typeof memory.grow, this, [pages])
  }
  Object.defineProperty(memory, 'grow', { ...grow, value: limited })
  try {
    return work()
  } finally {
    Object.defineProperty(memory, 'grow', grow)
  }
}

function close(file: File | undefined) {
  try {
    file?.close()
  } catch {
    // What went wrong with the file has already been reported.
  }
}

function removeFile({ FS }: Library, path: string) {
  try {
    FS!.unlink(path)
  } catch {
    // A folder, or nothing there.
  }
}

const wrong = (path: string, reason: Reason) => new Failure('weights-format', { path, reason })
